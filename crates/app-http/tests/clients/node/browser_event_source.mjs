// The browser's own EventSource.

import { openPage, withPage } from './browser.mjs';
import { EVENTS, readAll, Shown } from './reading.mjs';

await withPage((page) =>
  readAll(async ({ base_url, url }) => {
    const shown = new Shown();
    await openPage(page, base_url, shown);
    const reason = await page.evaluate(
      (url, names) =>
        new Promise((resolve, reject) => {
          let told = Promise.resolve();
          const source = new EventSource(url);
          for (const name of names) {
            source.addEventListener(name, (event) => {
              told = told.then(() => window.saw(name, event.data, event.lastEventId));
            });
          }
          source.onerror = () => {
            if (source.readyState === EventSource.CLOSED) {
              told.then(() => resolve('closed'), reject);
            }
          };
        }),
      url,
      EVENTS,
    );
    return shown.stoppedBy(reason);
  }),
);
