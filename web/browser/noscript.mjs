// Without JavaScript everything works up to the card fields, and their page says
// what is missing.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { button, heading, see, english as words } from './pages.mjs';

journey(async (browser, { link }) => {
  const page = await browser.open({ javaScriptEnabled: false });

  step('order page');
  await page.goto(link);
  await see(heading(page, /Harbour Bicycles/));
  await button(page, words.proceed).click();
  await see(page.getByRole('alert').filter({ hasText: 'Please accept the terms to continue.' }));
  await shoot(page, 'no-consent');

  step('card fields');
  await page.getByRole('checkbox', { name: words.consent }).check();
  await button(page, words.proceed).click();
  await page.waitForURL(/\/checkout\//);
  await see(page.getByRole('alert').filter({ hasText: 'The card fields need JavaScript; without it nothing can be paid here.' }));
  await see(page.getByRole('link', { name: 'Back to the order' }));
  assert.equal(await page.locator('iframe').count(), 0);
  await shoot(page, 'checkout');
}, { tolerate: [/status of 422/] });
