// A frame whose time is over, in the demo's shop: its customer starts again where the
// page can have it renewed, what cannot be renewed says so, and messages of others
// renew nothing.
import assert from 'node:assert/strict';
import { ask, journey, shoot, step } from './kit.mjs';
import { clean } from './axe.mjs';
import { card, enter, see, english as words } from './pages.mjs';

journey(async (browser, { shop, width, paid, elsewhere, bare }) => {
  const page = await browser.open({ width, reducedMotion: 'reduce' });
  const frame = page.frameLocator('iframe[title="Payment"]');
  const gateway = frame.frameLocator(`iframe[title="${words.frame}"]`);
  const over = frame.getByRole('heading', { name: 'This payment form has expired' });
  const again = frame.getByRole('button', { name: 'Start again' });
  const reload = () => page.frames()[1].evaluate(() => location.reload()).catch(() => {}); // it goes
  const heard = () => page.evaluate(() => window.told);
  let renewals = 0;
  await page.addInitScript(() => { window.told = []; addEventListener('quittance', (e) => window.told.push(e.detail.type)); });
  page.on('request', (r) => { if (r.url().includes('/renew/')) renewals++; });

  step('the form is over while the customer is away');
  await page.goto(`${shop}/frame/${paid}`);
  await frame.getByRole('checkbox', { name: words.consent }).check();
  await frame.getByRole('button', { name: words.proceed }).click();
  await see(gateway.getByLabel(words.number));
  await ask('later');
  await reload();
  await see(over);
  await see(again);
  assert.equal(await frame.getByText('Load this page again').isVisible(), false);
  await clean(page, 'expired');
  await shoot(page, `expired-${width}`);

  step('nobody else can have it renewed');
  await page.evaluate(() => new Promise((arrived) => { // from the page itself, and for another checkout
    addEventListener('message', arrived, { once: true });
    postMessage({ quittance: 1, say: 'renew', checkout: 'att_00000000000000000000000000' }, '*');
  }));
  const ours = page.frames()[1];
  await ours.evaluate(() => parent.postMessage({ quittance: 1, say: 'renew', checkout: 'att_00000000000000000000000000' }, '*'));
  await ours.evaluate(() => parent.postMessage({ quittance: 1, say: 'expired', checkout: document.querySelector('script[data-host]').dataset.checkout }, '*'));
  await page.waitForFunction(() => window.told.length === 3); // messages come in order
  assert.deepEqual(await heard(), ['ready', 'expired', 'expired']);
  assert.equal(renewals, 0);

  step('the shop does not answer');
  await page.route('**/renew/*', (route) => route.fulfill({ status: 502 }));
  await again.click();
  await see(frame.getByRole('alert').filter({ hasText: 'A new payment form could not be opened.' }));
  await see(again);
  assert.equal(renewals, 1);
  await clean(page, 'not renewed');
  await shoot(page, `unrenewed-${width}`);
  await page.unroute('**/renew/*');

  step('started again: what was agreed to still holds');
  await enter(again);
  await see(gateway.getByLabel(words.number));
  assert.equal(await page.locator('iframe').count(), 1);
  assert.equal(await page.evaluate(() => document.activeElement.title), 'Payment');
  for (const [label, what] of [[words.number, card.number], [words.expiry, card.expiry], [words.cvv, card.cvv], [words.holder, card.holder]]) {
    await gateway.getByLabel(label).fill(what);
  }
  await enter(gateway.getByLabel(words.holder));
  await see(frame.getByRole('heading', { name: 'Payment received' }));
  assert.deepEqual(await heard(), ['ready', 'expired', 'expired', 'expired', 'ready', 'approved']);

  step('paid elsewhere meanwhile: the frame says so');
  await page.goto(`${shop}/frame/${elsewhere}`);
  await see(frame.getByRole('checkbox', { name: words.consent }));
  await ask('later');
  await reload();
  await see(again);
  await ask('pay');
  await again.click();
  await see(frame.getByRole('heading', { name: 'Payment received' }));

  step('a page that cannot have it renewed');
  await page.goto(`${shop}/frame/${bare}`);
  await see(frame.getByRole('checkbox', { name: words.consent }));
  await page.evaluate(() => { const place = document.getElementById('payment'); window.Quittance.mount(place, place.dataset.quittance); });
  await see(frame.getByRole('checkbox', { name: words.consent }));
  assert.equal(await page.locator('iframe').count(), 1);
  await ask('later');
  await reload();
  await see(over);
  await see(frame.getByText('Load this page again to get a new one.'));
  assert.equal(await again.isVisible(), false);

  step('a frame that fell silent does not say that nothing was taken');
  await page.route('**/embed/**', (route) => route.fulfill({ status: 503, contentType: 'text/plain', body: 'away' }));
  await reload();
  await see(page.getByRole('alert').filter({ hasText: "We don't know yet whether money was taken. Don't pay again" }));
}, { tolerate: [/status of (409|50[23])/] });
