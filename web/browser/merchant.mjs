// The widget on a page that is not ours: its options and callbacks, a strict
// content security policy, and the issuer in a frame of that page.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { askedCard, fields, fillCard, heading, pressPay, see, english as words } from './pages.mjs';

journey(async (browser, { site, checkouts }) => {
  const page = await browser.open({ width: 1280 });
  const frame = fields(page);
  const open = (checkout, brands, options) => page.goto(`${site}/pay?${new URLSearchParams({ ...checkout, brands, options: JSON.stringify(options) })}`);
  const heard = async (name, ...args) => {
    await page.waitForFunction((wanted) => window.heard.some((h) => JSON.stringify(h).startsWith(wanted)), JSON.stringify([name, ...args]).slice(0, -1));
  };
  const names = () => page.evaluate(() => window.heard.map((h) => h[0]));

  step('options and brands of the page');
  await open(checkouts[0], 'VISA AMEX', { style: 'logos', threeDIframeSize: { width: '420px', height: 520 }, sparkle: true });
  await heard('onReady');
  await see(frame.getByText('American Express', { exact: true }));
  assert.equal(await frame.getByText('Mastercard', { exact: true }).count(), 0);
  assert.equal(await frame.getByRole('button', { name: /Apple Pay/ }).count(), 0);
  await shoot(page, 'logos');

  step('a brand that the page does not take');
  await fillCard(page, { ...askedCard, number: '5454545454545454' });
  await heard('onDetectBrand', ['MASTER'], 'MASTER');
  await pressPay(page);
  await see(frame.getByText('This brand of card is not taken here.').first());

  step('the page objects');
  await fillCard(page, askedCard);
  await heard('onDetectBrand', ['VISA'], 'VISA');
  await page.evaluate(() => { window.agrees = false; });
  await pressPay(page);
  await heard('onBeforeSubmitCard', { brand: 'VISA' });
  await see(frame.locator('#pay[aria-disabled=false]'));
  assert.ok(!(await names()).includes('onAfterSubmit'), 'the card was sent although the page objected');

  step('the issuer asks in a frame of the page');
  await page.evaluate(() => { window.agrees = true; });
  const before = page.url();
  await pressPay(page);
  await heard('onAfterSubmit');
  await heard('onLoadThreeDIframe');
  const issuer = page.frameLocator('iframe[title="Confirm your payment"]');
  await see(issuer.getByRole('heading', { name: words.asked }));
  const box = await page.locator('iframe[title="Confirm your payment"]').boundingBox();
  assert.deepEqual([box.width, box.height], [420, 520]);
  assert.equal(page.url(), before);
  await shoot(page, 'issuer');
  await issuer.getByRole('button', { name: words.approve }).click();
  await see(heading(page, 'Back in the shop'));
  const back = new URL(page.url());
  assert.equal(back.searchParams.get('basket'), '7');
  assert.equal(back.searchParams.get('id'), checkouts[0].checkout);
  assert.equal(back.searchParams.get('resourcePath'), `/v1/checkouts/${checkouts[0].checkout}/payment`);

  step('a checkout that is paid tells so');
  await open(checkouts[0], 'VISA', {});
  await heard('onError');
  assert.equal(await page.evaluate(() => window.heard.find((h) => h[0] === 'onError')[1].name), 'InvalidCheckoutIdError');

  step('no security code, no brand, German');
  await open(checkouts[1], '', { requireCvv: false, brandDetection: false, locale: 'de', style: 'plain', paymentTarget: '_top', shopperResultTarget: '_top' });
  await heard('onReady');
  const german = page.frameLocator('iframe[title="Kartenzahlung"]');
  assert.equal(await german.getByLabel('Prüfnummer (CVV)').count(), 0);
  await german.getByLabel('Kartennummer').fill('4200000000000091');
  await german.getByLabel('Gültig bis').fill('12/34');
  await german.getByLabel('Name auf der Karte').fill('Ada Winter');
  await shoot(page, 'plain');
  await german.getByRole('button', { name: /bezahlen$/ }).last().click();
  await see(heading(page, 'Back in the shop'));
}, { tolerate: [/option sparkle is not supported/] });
