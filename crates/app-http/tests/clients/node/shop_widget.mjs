// Uses the shop's page as a customer does, step by step, and tells what its last answer shows.

import { withPage } from './browser.mjs';

const { base_url, steps } = JSON.parse(process.argv[2]);

// What a step does, with what belongs to it.
const ACTIONS = {
  type: (page, [selector, text]) => page.locator(selector).fill(text),
  click: (page, selector) => page.locator(selector).click(),
  // Waits until the page shows the text there.
  see: (page, [selector, text]) =>
    page.waitForFunction(
      (selector, text) => [...document.querySelectorAll(selector)].at(-1)?.innerText === text,
      { polling: 'mutation', timeout: 45_000 },
      selector,
      text,
    ),
  // The stream ends for good after its first text, and the next one is asked for with a cursor that
  // the server cannot use.
  spoilCursor: (page) =>
    page.evaluate(() => {
      const Native = window.EventSource;
      window.EventSource = class extends Native {
        constructor(url) {
          super(url.replace(/last_event_id=[^&]*/, 'last_event_id=nonsense'));
          const endsEarly = !url.includes('last_event_id=');
          this.addEventListener('response.snapshot', () => (document.title = 'snapshot'));
          this.addEventListener('response.output_text.delta', () => {
            if (endsEarly) {
              this.close();
              setTimeout(() => this.onerror());
            }
          });
        }
      };
    }),
  // Tells the test how far it is, behind all that the page shows so far.
  say: (page, shown) => page.evaluate((shown) => window.saw(shown), shown),
};

await withPage(async (page) => {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.setViewport({ width: 1100, height: 820 });
  await page.exposeFunction('saw', (shown) =>
    process.stderr.write(`${JSON.stringify({ shown })}\n`),
  );
  await page.goto(base_url);
  await page.evaluate(() => {
    const tell = () => {
      const answer = [...document.querySelectorAll('.bubble.assistant .text')].at(-1);
      window.saw(answer?.textContent ?? '');
    };
    const changes = { childList: true, characterData: true, subtree: true };
    new MutationObserver(tell).observe(document.querySelector('#bubbles'), changes);
  });
  for (const step of steps) {
    const [[action, what]] = Object.entries(step);
    process.stderr.write(`${action} ${JSON.stringify(what)}\n`);
    await ACTIONS[action](page, what).catch(async (error) => {
      const seen = await page.evaluate(() => document.querySelector('#support').innerText);
      throw new Error(`${action} ${JSON.stringify(what)}: ${error}\nthe page shows:\n${seen}`);
    });
  }
  const seen = await page.evaluate(() => document.querySelector('#support').innerText);
  process.stdout.write(JSON.stringify({ seen, complaints }));
});
