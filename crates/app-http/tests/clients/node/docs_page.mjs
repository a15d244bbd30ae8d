// Signs in on the documentation's page and tries an operation there, as a developer does.

import { withPage } from './browser.mjs';

const { base_url, email, password } = JSON.parse(process.argv[2]);

await withPage(async (page) => {
  const complaints = [];
  const addresses = new Set();
  page.on('pageerror', (error) => complaints.push(String(error)));
  // What the page's policy forbids is told there.
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => addresses.add(request.url()));
  await page.setViewport({ width: 1200, height: 1600 });
  await page.goto(`${base_url}/docs`);
  await page.locator('#operations-Accounts-get_me').wait();
  const operations = await page.$$eval('.opblock', (blocks) => blocks.length);

  await page.locator('.btn.authorize').click();
  // The other schemes' forms are in the same dialogue.
  await page.locator('#oauth_username').fill(email);
  await page.locator('#oauth_password').fill(password);
  await page.evaluate(() => {
    const form = document.querySelector('#oauth_username').closest('.auth-container');
    form.querySelector('.btn.authorize').click();
  });
  await page.locator('.auth-container h6 ::-p-text(Authorized)').wait().catch(() => {});
  await page.locator('.close-modal').click();

  await page.locator('#operations-Accounts-get_me .opblock-summary-control').click();
  await page.locator('#operations-Accounts-get_me .execute').click();
  const body = '#operations-Accounts-get_me .live-responses-table .response-col_description code';
  const shown = await page.waitForSelector(body);
  const answer = await shown.evaluate((element) => element.innerText);
  process.stdout.write(
    JSON.stringify({ operations, answer, complaints, addresses: [...addresses] }),
  );
});
