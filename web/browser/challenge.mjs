// The bank asks: a challenge is passed, one fails and another card pays.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { agree, askedCard, button, failingCard, heading, issuerAsks, noSideways, otherCard, pay, seeDeclined, section, see, seePortal, english as words } from './pages.mjs';

journey(async (browser, { links, width }) => {
  const page = await browser.open({ width });

  step('the bank asks on its own site');
  await page.goto(links[0]);
  await agree(page);
  await pay(page, askedCard);
  await issuerAsks(page);
  assert.equal(new URL(page.url()).hostname, 'acs.localhost');
  await see(page.getByText('Harbour Bicycles', { exact: true }));
  await see(page.getByText('124.00\u00a0EUR'));
  await see(page.getByText('Visa ending in 0042'));
  await noSideways(page);
  await shoot(page, 'asked');
  const asked = page.url();

  step('loaded again it still asks, and approved twice it is one payment');
  await page.reload();
  await issuerAsks(page);
  await button(page, words.approve).dblclick();
  await seePortal(page);
  await see(section(page, words.method).getByText(/Visa ending in 0042/));

  step('back at the bank the question is closed, and the way leads to the order');
  await page.goto(asked);
  await see(heading(page, 'This request is closed'));
  await shoot(page, 'closed');
  await page.getByRole('link', { name: 'Back to Harbour Bicycles' }).click();
  await seePortal(page);

  step('the bank does not believe it');
  await page.goto(links[1]);
  await agree(page);
  await pay(page, failingCard);
  await issuerAsks(page);
  await button(page, words.approve).click();
  await seeDeclined(page, 'Your bank could not confirm that it was you. No money was taken.');
  await shoot(page, 'failed');

  step('the customer says no');
  await pay(page, askedCard);
  await issuerAsks(page);
  await button(page, words.reject).click();
  await seeDeclined(page, 'Your bank could not confirm that it was you. No money was taken.');

  step('another card pays, without being asked');
  await pay(page, { ...otherCard, number: '5200000000000007' });
  await seePortal(page);
  await see(section(page, words.method).getByText(/Mastercard ending in 0007/));
});
