// What a shop's page shows when the embedded checkout must not run: a script that
// is not the announced one, another host, a ticket that is not ours, a checkout
// that is over.
import assert from 'node:assert/strict';
import { ask, journey, shoot, step } from './kit.mjs';
import { see, english as words } from './pages.mjs';

journey(async (browser, { shop, elsewhere, folder }) => {
  const page = await browser.openBlockingThirdParties(folder);
  const ours = page.frameLocator('iframe[title="Payment"]');
  const said = page.getByRole('alert');
  await page.goto(`${shop}/thanks`);
  await page.evaluate((to) => fetch(to), `${shop}/new/one?redirect=`);

  for (const as of ['widget', 'frame']) {
    step(`a script that does not match its hash does not run: ${as}`);
    await page.goto(`${shop}/order/one?as=${as}&broken=hash`);
    await see(said.filter({ hasText: 'could not be loaded safely' }));
    assert.equal(await page.locator('iframe').count(), 0);
    assert.equal(await page.evaluate(() => typeof window.Quittance), 'undefined');
  }
  await shoot(page, 'hash');

  step('another host, which the script says in words');
  await page.goto(`${elsewhere}/order/one?as=frame`);
  await see(said.filter({ hasText: 'This page may not show the payment; without it nothing is charged here.' }));
  assert.equal(await page.locator('iframe').count(), 0);
  await shoot(page, 'host');

  step('another host without the script: the browser shows nothing of ours');
  await page.goto(`${elsewhere}/order/one?as=bare`);
  await page.waitForLoadState();
  assert.equal(await ours.getByText('€124.00').count(), 0);

  step('a ticket that is not ours');
  await page.goto(`${shop}/order/one?as=frame&broken=ticket`);
  await see(said.filter({ hasText: 'The payment cannot be shown here; you will not be charged twice.' }));

  step('a checkout that is over');
  await page.goto(`${shop}/order/one?as=frame`);
  await see(ours.getByRole('checkbox', { name: words.consent }));
  await ask('later');
  await page.goto(`${shop}/order/one?as=frame`);
  await see(ours.getByRole('heading', { name: 'This payment form has expired' }));
  await page.waitForFunction(() => JSON.parse(sessionStorage.heard).some((e) => e.type === 'expired'));
  await shoot(page, 'expired');
  await ours.getByRole('button', { name: 'Start again' }).click();
  await see(ours.getByRole('checkbox', { name: words.consent }));
}, { tolerate: [/integrity/, /frame-ancestors/, /status of 403/, /Failed to execute 'postMessage'/, /chrome-error/] });
