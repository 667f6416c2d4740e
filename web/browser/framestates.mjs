// The hosted checkout in a frame of the demo's shop, in each state that it can come
// to while the shop's page shows it.
import assert from 'node:assert/strict';
import { ask, journey, shoot, step } from './kit.mjs';
import { clean } from './axe.mjs';
import { noSideways, see } from './pages.mjs';

// What only the order portal can say: a frame is followed by the shop's own page.
const portal = {
  en: /order opens|payment link|browser you|this link|payment page|this page updates|back to the order/i,
  de: /öffnet sich|Zahlungslink|in dem Browser|dieser Link|Zahlungsseite|Diese Seite aktualisiert|Zurück zur Bestellung/i,
};
const money = {
  en: /money was taken|money may have been taken|received your payment|asked to approve|asks you for a payment/i,
  de: /Geld abgebucht|Geld bezahlt|Ihre Zahlung über|um Genehmigung|bittet Sie um/i,
};

journey(async (browser, { shop, states, asked, width, lang, pictures }) => {
  step('a page of another host');
  const other = await browser.open({ width });
  await other.goto(`${shop.replace('shop.', 'other.')}/frame/${states[0].order}`);
  await see(other.getByRole('alert').filter({ hasText: 'This page may not show the payment; without it nothing is charged here.' }));
  assert.equal(await other.locator('iframe').count(), 0);
  await clean(other, 'another host');
  if (pictures) await shoot(other, `host-${width}`);
  await other.context().close();

  for (const state of states) {
    step(state.name);
    const page = await browser.open({ width, height: width < 640 ? 844 : 900, locale: lang, reducedMotion: 'reduce' });
    await page.addInitScript(() => addEventListener('quittance', (e) => { window.told = e.detail.type; }));
    await page.goto(`${shop}/frame/${state.order}`);
    const frame = page.frameLocator('iframe[title="Payment"]');
    await see(frame.getByRole('heading', { level: 1, name: asked }));
    await ask(state.name);
    await page.frames()[1].evaluate((said) => location.replace(location.href + said), state.tells === 'declined' ? '&said=declined' : '').catch(() => {}); // it goes
    await see(frame.getByRole('heading', { level: 1, name: state.h1[lang], exact: true }));
    await page.waitForFunction((type) => window.told === type, state.tells);
    const text = await frame.locator('main').innerText();
    assert.doesNotMatch(text, portal[lang], state.name);
    assert.match(text, money[lang], `${state.name}: nothing is said about money`);
    if (state.name === 'card' || state.name === 'declined') await see(frame.frameLocator('iframe').getByRole('textbox'));
    assert.equal(await frame.locator('a[href=""]').count(), 0, 'a link leads nowhere');
    await noSideways(page);
    await clean(page, `${state.name} at ${width}`);
    if (pictures) {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await shoot(page, `${state.name}-${lang}-${width}-${colorScheme}`);
      }
    }
    await page.context().close();
  }
}, { tolerate: [/status of 429/] });
