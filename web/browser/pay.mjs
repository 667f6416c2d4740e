// Pay, read the portal, fetch its papers, and open the link on another device.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { journey, shoot, step } from './kit.mjs';
import { agree, card, fillCard, heading, noSideways, payButton, pressPay, section, see, seePortal, frameFits, english as words } from './pages.mjs';

journey(async (browser, { link, width, folder }) => {
  const page = await browser.open({ width });

  step('order page');
  await page.goto(link);
  await see(heading(page, /Harbour Bicycles/));
  assert.equal(await page.getByTestId('order-total').first().innerText(), '€124.00');
  assert.ok(!page.url().includes(new URL(link).pathname.split('/').pop()), 'the address of the order page shows the token');
  await noSideways(page);
  await shoot(page, 'order');

  step('card fields');
  await agree(page);
  await frameFits(page);
  await noSideways(page);
  await shoot(page, 'checkout');
  await fillCard(page);
  assert.equal(await payButton(page).innerText(), 'Pay €124.00');
  await pressPay(page);

  step('portal');
  await seePortal(page);
  await see(section(page, words.method).getByText(/Visa ending in 0000/));
  await see(section(page, words.method).getByText(/12\s\/\s2034/));
  await see(section(page, words.history).getByText(words.payment, { exact: true }));
  assert.equal(await page.getByTestId('history-row').count(), 1);
  await noSideways(page);
  await shoot(page, 'portal');

  step('papers');
  const papers = {};
  for (const [kind, name] of [['summary', words.summary], ['invoice', words.invoice], ['receipt', words.receipt]]) {
    const coming = page.waitForEvent('download');
    await section(page, words.downloads).getByRole('link', { name }).click();
    const download = await coming;
    papers[kind] = join(folder, download.suggestedFilename());
    copyFileSync(await download.path(), papers[kind]);
  }

  step('the link on another device');
  const other = await browser.open({ width: width < 640 ? 1280 : 390 });
  await other.goto(link);
  await seePortal(other);
  await see(section(other, words.method).getByText(/Visa ending in 0000/));
  return { papers, card };
});
