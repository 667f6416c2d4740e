// The demo's shop takes a payment on its own page: a declined card, one that the bank
// asks about within the page, and an address that somebody changed.
import assert from 'node:assert/strict';
import { clean } from './axe.mjs';
import { journey, shoot, step } from './kit.mjs';
import { askedCard, buy, card, enter, fields, heading, noSideways, pay, see, english as words } from './pages.mjs';

journey(async (browser, { shop, width }) => {
  const page = await browser.open({ width });
  const look = async (what) => {
    await noSideways(page);
    await clean(page, what);
    await shoot(page, what);
  };
  await page.goto(shop);
  await look('shop');

  step('a declined card leads back to the shop');
  await buy(page, shop, 'Buy and pay here');
  await see(fields(page).getByLabel(words.number));
  await look('own page');
  await pay(page, { ...card, holder: '800.100.155' });
  await see(heading(page, 'Your payment was declined'));
  await look('declined');
  const signed = new URL(page.url());

  step('the bank asks within the page');
  await page.getByRole('link', { name: 'Pay with another card' }).click();
  await see(fields(page).getByLabel(words.number));
  await pay(page, askedCard);
  await enter(page.frameLocator('iframe[title="Confirm your payment"]').getByRole('button', { name: words.approve }));
  await see(heading(page, 'Thank you for your order'));
  assert.equal(new URL(page.url()).hostname, 'shop.localhost');
  await look('thanks');

  step('an address that somebody changed is not believed');
  signed.pathname = '/thanks';
  signed.searchParams.set('status', 'approved');
  await page.goto(signed.href);
  await see(page.getByText('This address was not written by our payment service'));
}, { tolerate: [/status of 400/] });
