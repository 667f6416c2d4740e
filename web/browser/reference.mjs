// The API's document as a page: read on a phone and on a screen, found through its
// own list, and with nothing for axe.
import assert from 'node:assert/strict';
import { journey, step } from './kit.mjs';
import { clean } from './axe.mjs';
import { heading, noSideways, see } from './pages.mjs';

journey(async (browser, { site }) => {
  const page = await browser.open();
  await page.goto(`${site}/api/v1/docs`);
  await see(heading(page, 'Quittance API'));

  step('it fits a phone, and 320 px');
  await noSideways(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await noSideways(page);
  await page.setViewportSize({ width: 390, height: 844 });

  step('an operation is found and tells what it takes');
  const contents = page.getByRole('navigation', { name: 'Contents' });
  await contents.locator('summary', { hasText: 'Customers' }).click();
  await contents.getByRole('link', { name: 'Create a customer' }).click();
  const operation = page.locator('#createCustomer');
  await see(operation.getByText('customer.email', { exact: true }));
  assert.ok((await page.evaluate(() => document.querySelector('#createCustomer').getBoundingClientRect().top)) < 200, 'the link does not lead to the operation');
  await operation.locator('summary', { hasText: 'Errors' }).click();
  await see(operation.getByText('customer_invalid', { exact: true }));
  await operation.getByRole('link', { name: 'Customer', exact: true }).first().click();
  assert.equal(new URL(page.url()).hash, '#object-Customer');

  step('nothing for axe, everything open');
  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  await noSideways(page);
  await clean(page, 'reference');
});
