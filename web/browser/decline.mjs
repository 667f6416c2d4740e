// A declined card tells why, leaves the order payable, and another card pays.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { agree, card, fields, noSideways, otherCard, pay, section, see, seePortal, english as words } from './pages.mjs';

journey(async (browser, { link }) => {
  const page = await browser.open();
  await page.goto(link);
  await agree(page);

  step('declined');
  const before = page.url();
  await pay(page, { ...card, holder: '800.100.155' });
  await see(page.getByRole('alert').filter({ hasText: 'Your bank declined the amount. No money was taken.' }));
  assert.equal(page.url(), before, 'a decline leads away from the card fields');
  await see(fields(page).getByLabel(words.number));
  await noSideways(page);
  await shoot(page, 'declined');

  step('another card');
  await pay(page, otherCard);
  await seePortal(page);
  await see(section(page, words.method).getByText(/Mastercard ending in 5454/));
  await shoot(page, 'portal');
});
