// A page of the server's own origin in a browser without a window.

import { require } from './reading.mjs';

const puppeteer = require('puppeteer-core');

// Nothing but the server under test is to be asked for anything.
const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-features=MediaRouter,OptimizationHints,AutofillServerCommunication',
  '--disable-quic',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  '--no-pings',
  '--no-proxy-server',
  // The shared memory of containers is small.
  '--disable-dev-shm-usage',
];

export async function withPage(work) {
  // The sandbox refuses to be root's.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    args: [...FLAGS, ...sandbox],
    pipe: true,
  });
  try {
    await work(await browser.newPage());
  } finally {
    await browser.close();
  }
}

// Opens the page anew, so that nothing is left of an earlier reading. What it saw comes back by
// its function `saw`.
export async function openPage(page, base_url, shown) {
  // It is one of the API's own answers, which forbid whatever a page may do.
  await page.setBypassCSP(true);
  await page.goto(`${base_url}/health/live`);
  await page.removeExposedFunction('saw').catch(() => {});
  await page.exposeFunction('saw', (name, data, id) => shown.take(name, data, id));
}
