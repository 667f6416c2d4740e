// The checkout in a frame of a shop's page, in a browser that blocks cookies of
// third parties: frictionless, declined, challenged, by keyboard.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { clean } from './axe.mjs';
import { askedCard, card, enter, heading, see, english as words } from './pages.mjs';

journey(async (browser, { shop, width, folder }) => {
  const page = await browser.openBlockingThirdParties(folder, { width });
  await page.clock.install();
  const ours = page.frameLocator('iframe[title="Payment"]');
  const gateway = ours.frameLocator(`iframe[title="${words.frame}"]`);
  const heard = () => page.evaluate(() => JSON.parse(sessionStorage.heard || '[]').map((e) => e.type));
  const hears = async (...types) => {
    await page.waitForFunction((n) => JSON.parse(sessionStorage.heard || '[]').length >= n, types.length);
    assert.deepEqual(await heard(), types);
  };
  const open = async (name, redirect = '') => {
    await page.goto(`${shop}/thanks`);
    await page.evaluate(async (to) => { sessionStorage.clear(); await fetch(to); }, `${shop}/new/${name}?redirect=${encodeURIComponent(redirect)}`);
    await page.goto(`${shop}/order/${name}?as=frame`);
  };
  const agree = async () => {
    await ours.getByRole('checkbox', { name: words.consent }).check();
    await ours.getByRole('button', { name: words.proceed }).click();
    await see(gateway.getByLabel(words.number));
  };
  const fill = async (what) => {
    await gateway.getByLabel(words.number).fill(what.number);
    await gateway.getByLabel(words.expiry).fill(what.expiry);
    await gateway.getByLabel(words.cvv).fill(what.cvv);
    await gateway.getByLabel(words.holder).fill(what.holder);
  };
  const pay = async (what) => {
    await fill(what);
    await enter(gateway.getByLabel(words.holder));
  };

  step('cookies of third parties are blocked here');
  await page.goto(`${shop}/jars`);
  const jar = page.frames()[1];
  await jar.waitForLoadState();
  assert.equal(await jar.title(), 'kept');

  step('frictionless, and on to the shop');
  await open('one', `${shop}/thanks?basket=7`);
  await see(ours.getByText('€124.00').first());
  await hears('ready');
  await shoot(page, 'asks');
  await clean(page, 'asks');
  await agree();
  await shoot(page, 'card');
  await clean(page, 'card');
  const { height } = await page.locator('iframe[title="Payment"]').boundingBox();
  const inside = await page.frames()[1].evaluate(() => document.querySelector('main').getBoundingClientRect().bottom);
  assert.ok(height >= inside - 1, `the frame is ${height} px high, its content ${inside} px`);
  await pay({ ...card, number: '4200000000000091' });
  await see(heading(page, 'Thank you'));
  const back = new URL(page.url()).searchParams;
  assert.deepEqual([back.get('basket'), back.get('status')], ['7', 'approved']);
  assert.match(back.get('signature'), /^[0-9a-f]{64}$/);
  await hears('ready', 'approved');
  assert.deepEqual((await page.context().cookies()).map((c) => c.name), [], 'a cookie was kept');

  step('declined, then the bank asks inside the frame');
  await open('two');
  await agree();
  await pay({ ...card, holder: '800.100.155' });
  await see(ours.getByRole('alert').filter({ hasText: 'No money was taken.' }));
  await hears('ready', 'declined');
  await pay(askedCard);
  const issuer = ours.frameLocator('iframe[title="Confirm your payment"]');
  await see(issuer.getByRole('heading', { name: words.asked }));
  await shoot(page, 'challenge');
  await page.clock.fastForward('30:00'); // the bank may take its time
  await see(issuer.getByRole('heading', { name: words.asked }));
  await enter(issuer.getByRole('button', { name: words.approve }));
  await see(ours.getByRole('heading', { name: 'Payment received' }));
  await hears('ready', 'declined', 'approved');
  await shoot(page, 'approved');
  await clean(page, 'approved');
  assert.equal(page.url(), `${shop}/order/two?as=frame`);

  step('by keyboard alone');
  await open('three');
  await see(ours.getByRole('checkbox', { name: words.consent }));
  const tabTo = async (frame, inSight) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      if (await inSight.evaluate((e) => e === document.activeElement).catch(() => false)) return;
    }
    assert.fail('the keyboard does not get there');
  };
  await tabTo(ours, ours.getByRole('checkbox', { name: words.consent }));
  await page.keyboard.press('Space');
  await tabTo(ours, ours.getByRole('button', { name: words.proceed }));
  await page.keyboard.press('Enter');
  await see(gateway.getByLabel(words.number));
  await tabTo(gateway, gateway.getByLabel(words.number));
  await page.keyboard.type('4200000000000000');
  await tabTo(gateway, gateway.getByLabel(words.expiry));
  await page.keyboard.type('1234');
  await tabTo(gateway, gateway.getByLabel(words.cvv));
  await page.keyboard.type('737');
  await tabTo(gateway, gateway.getByLabel(words.holder));
  await page.keyboard.type('P Q Holder');
  await page.keyboard.press('Enter');
  await see(ours.getByRole('heading', { name: 'Payment received' }));

  step('card fields that nobody fills are loaded again when they are over');
  await open('four');
  await agree();
  await page.frames()[1].evaluate(() => { window.before = true; });
  await page.clock.fastForward('30:00');
  await see(ours.getByText('€124.00').first());
  await page.frames()[1].waitForFunction(() => !window.before);

  step('closed');
  await open('five');
  await hears('ready');
  await enter(ours.getByRole('button', { name: 'Close' }));
  await page.locator('iframe').waitFor({ state: 'detached' });
  await hears('ready', 'closed');
});
