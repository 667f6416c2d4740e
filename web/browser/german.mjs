// The whole way in German: for an order that was made so, or by the switch.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { journey, shoot, step } from './kit.mjs';
import { agree, askedCard, button, card, fillCard, heading, issuerAsks, noSideways, pressPay, section, see, seePortal, german as words } from './pages.mjs';

journey(async (browser, { link, chosen, folder }) => {
  const page = await browser.open({ locale: 'en-GB' });
  await page.goto(link);
  if (chosen) {
    await see(heading(page, 'Harbour Bicycles asks you for a payment'));
    await page.getByRole('link', { name: 'Deutsch' }).click();
  }
  await see(heading(page, 'Harbour Bicycles bittet Sie um eine Zahlung'));
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  await noSideways(page);
  await shoot(page, 'order');

  step('Bezahlen');
  await agree(page, words);
  await fillCard(page, chosen ? askedCard : card, words);
  await pressPay(page, words);
  if (chosen) {
    step('Bank');
    await issuerAsks(page, words);
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
    await see(page.getByText('124,00\u00a0EUR'));
    await shoot(page, 'bank');
    await button(page, words.approve).click();
  }

  step('Portal');
  await seePortal(page, words);
  await see(section(page, words.method).getByText(chosen ? /Visa mit den Endziffern 0042/ : /Visa mit den Endziffern 0000/));
  await see(section(page, words.history).getByText(words.payment, { exact: true }));
  await noSideways(page);
  await shoot(page, 'portal');

  const coming = page.waitForEvent('download');
  await section(page, words.downloads).getByRole('link', { name: words.receipt }).click();
  const receipt = join(folder, 'receipt.pdf');
  copyFileSync(await (await coming).path(), receipt);
  return { receipt };
});
