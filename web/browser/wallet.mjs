// Apple Pay and Google Pay as the demo simulates them, by touch and by keyboard.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { agree, fields, frameFits, section, see, seePortal, english as words } from './pages.mjs';

journey(async (browser, { links }) => {
  const page = await browser.open();
  const frame = fields(page);
  const sheet = frame.getByRole('dialog');
  const confirm = sheet.getByRole('button', { name: 'Confirm payment' });

  step('a wallet above the card fields');
  await page.goto(links[0]);
  await agree(page);
  await frameFits(page);
  await frame.getByRole('button', { name: 'Pay with Apple Pay' }).click();
  await see(sheet.getByRole('heading', { name: 'Apple Pay' }));
  await see(sheet.getByText('Harbour Bicycles · €124.00'));
  await shoot(page, 'sheet');

  step('cancelled, nothing happens and the focus is back');
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await sheet.waitFor({ state: 'hidden' });
  assert.equal(await frame.locator(':focus').getAttribute('data-wallet'), 'APPLEPAY');

  step('confirmed');
  await frame.getByRole('button', { name: 'Pay with Apple Pay' }).click();
  await confirm.click();
  await seePortal(page);
  await see(section(page, words.method).getByText('Apple Pay · Visa ending in 0091'));
  await see(section(page, words.history).getByText('Apple Pay · Visa ending in 0091'));
  await shoot(page, 'portal');

  step('the other wallet, by keyboard, with its second card');
  await page.goto(links[1]);
  await agree(page);
  await frame.getByRole('button', { name: 'Pay with Google Pay' }).press('Enter');
  await see(sheet.getByRole('heading', { name: 'Google Pay' }));
  await sheet.getByRole('radio', { name: 'Visa ending in 0091' }).press('ArrowDown');
  await sheet.getByRole('radio', { name: 'Mastercard ending in 0007' }).press('Tab');
  await page.keyboard.press('Enter');
  await seePortal(page);
  await see(section(page, words.method).getByText('Google Pay · Mastercard ending in 0007'));
});
