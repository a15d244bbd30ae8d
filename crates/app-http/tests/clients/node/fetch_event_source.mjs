// @microsoft/fetch-event-source, as it was published, in a browser's page.

import { readFileSync } from 'node:fs';

import { openPage, withPage } from './browser.mjs';
import { readAll, require, Shown } from './reading.mjs';

const modules = {};
for (const name of ['./index', './fetch', './parse']) {
  const file = require.resolve(`@microsoft/fetch-event-source/lib/cjs/${name}.js`);
  modules[name] = readFileSync(file, 'utf8');
}

await withPage((page) =>
  readAll(async ({ base_url, url, token }) => {
    const shown = new Shown();
    await openPage(page, base_url, shown);
    const reason = await page.evaluate(
      async (url, token, modules) => {
        const load = (name) => {
          const module = { exports: {} };
          new Function('module', 'exports', 'require', modules[name])(module, module.exports, load);
          return module.exports;
        };
        let told = Promise.resolve();
        await load('./index').fetchEventSource(url, {
          headers: { Authorization: `Bearer ${token}` },
          onmessage: ({ event, data, id }) => {
            // What cannot be parsed makes the package ask again without end.
            JSON.parse(data);
            told = told.then(() => window.saw(event, data, id));
          },
        });
        await told;
        return 'end';
      },
      url,
      token,
      modules,
    );
    return shown.stoppedBy(reason);
  }),
);
