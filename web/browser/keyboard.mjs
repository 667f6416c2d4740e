// The whole way by keyboard alone, each page looked over by axe in light and dark.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { clean } from './axe.mjs';
import { button, card, fields, payButton, section, see, seePortal, english as words } from './pages.mjs';

// tabTo presses Tab until the focus is there, as often as a person might bear.
async function tabTo(page, locator) {
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press('Tab');
    if (await locator.evaluate((e) => e === document.activeElement && document.hasFocus())) return;
  }
  assert.fail(`Tab does not reach ${locator}`);
}

// focusShows asserts that the focused element differs visibly from its rest.
async function focusShows(locator) {
  const ring = await locator.evaluate((e) => {
    const s = getComputedStyle(e);
    return { outline: s.outlineStyle, width: parseFloat(s.outlineWidth) };
  });
  assert.ok(ring.outline !== 'none' && ring.width >= 2, `no focus ring on ${locator}: ${JSON.stringify(ring)}`);
}

journey(async (browser, { link }) => {
  const page = await browser.open();
  const keys = page.keyboard;

  step('order page');
  await page.goto(link);
  await clean(page, 'order page');
  await keys.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await keys.press('Enter');
  const box = page.getByRole('checkbox', { name: words.consent });
  await tabTo(page, box);
  await focusShows(box);
  await keys.press('Space');
  assert.ok(await box.isChecked());
  await tabTo(page, button(page, words.proceed));
  await focusShows(button(page, words.proceed));
  await keys.press('Enter');

  step('card fields');
  await page.waitForURL(/\/checkout\//);
  const frame = fields(page);
  await see(frame.getByLabel(words.number));
  await clean(page, 'checkout');
  await shoot(page, 'checkout-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'checkout-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  for (const [label, text] of [[words.number, card.number], [words.expiry, '1234'], [words.cvv, card.cvv], [words.holder, card.holder]]) {
    await tabTo(page, frame.getByLabel(label));
    await focusShows(frame.getByLabel(label));
    await keys.type(text);
  }
  assert.equal(await frame.getByLabel(words.number).inputValue(), '4200 0000 0000 0000');
  await tabTo(page, payButton(page));
  await focusShows(payButton(page));
  await keys.press('Enter');

  step('portal');
  await seePortal(page);
  await clean(page, 'portal');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'portal-dark');
  const coming = page.waitForEvent('download');
  const receipt = section(page, words.downloads).getByRole('link', { name: words.receipt });
  await tabTo(page, receipt);
  await focusShows(receipt);
  await keys.press('Enter');
  assert.match((await coming).suggestedFilename(), /\.pdf$/);
});
