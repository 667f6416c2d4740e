// The demo's shop shows the hosted checkout in a frame; and what it says when the
// time of a payment form is over, or its script was changed.
import assert from 'node:assert/strict';
import { clean } from './axe.mjs';
import { journey, shoot, step } from './kit.mjs';
import { buy, card, enter, fields, heading, noSideways, see, english as words } from './pages.mjs';

journey(async (browser, { shop, width }) => {
  const page = await browser.open({ width });
  await page.clock.install();

  step('the hosted checkout is paid in a frame');
  await buy(page, shop, 'Buy and pay in a frame');
  const hosted = page.frameLocator('iframe[title="Payment"]');
  await see(hosted.getByRole('checkbox', { name: words.consent }));
  await noSideways(page);
  await clean(page, 'frame');
  await shoot(page, 'frame');
  await hosted.getByRole('checkbox', { name: words.consent }).check();
  await hosted.getByRole('button', { name: words.proceed }).click();
  const inside = hosted.frameLocator(`iframe[title="${words.frame}"]`);
  for (const [label, what] of [[words.number, card.number], [words.expiry, card.expiry], [words.cvv, card.cvv], [words.holder, card.holder]]) {
    await inside.getByLabel(label).fill(what);
  }
  await enter(inside.getByLabel(words.holder));
  await see(heading(page, 'Thank you for your order'));

  step('a form that is over says so, and loads anew');
  await buy(page, shop, 'Buy and pay here');
  await see(fields(page).getByLabel(words.number));
  await page.clock.fastForward('25:01');
  await see(page.getByText('This payment form has expired. You will not be charged twice.'));
  await shoot(page, 'over');
  await page.getByRole('link', { name: 'Load a new one' }).click();
  await see(fields(page).getByLabel(words.number));

  step('a script that was changed does not run');
  await page.route(/paymentWidgets\.js/, async (route) => {
    const address = new URL(route.request().url());
    address.hostname = '127.0.0.1'; // names below localhost are known to browsers only
    const response = await route.fetch({ url: address.href });
    await route.fulfill({ response, body: `${await response.text()};` });
  });
  await page.reload();
  await see(page.getByText('The payment form was changed on its way here'));
  assert.equal(await page.locator('iframe').count(), 0);
  await shoot(page, 'changed script');
}, { tolerate: [/integrity/i] });
