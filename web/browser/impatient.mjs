// Reload and back while the answer is on its way, the return address opened
// twice, and back from the portal: one charge each, and never a dead end.
import assert from 'node:assert/strict';
import { ask, journey, step } from './kit.mjs';
import { agree, button, fields, fillCard, heading, pay, pressPay, see, seePortal, english as words } from './pages.mjs';

const isPay = (url) => /\/v1\/frame\/.+\/pay$/.test(url.pathname);

// payMeanwhile presses Pay and does something else before the answer comes. The
// gateway has booked the payment by then; its answer follows when that is done,
// and is lost where the page is gone.
async function payMeanwhile(page, other) {
  let booked;
  const decided = new Promise((resolve) => { booked = resolve; });
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route(isPay, async (route) => {
    const address = new URL(route.request().url());
    address.hostname = '127.0.0.1'; // names below localhost are known to browsers only
    const response = await route.fetch({ url: address.href });
    booked(response.status());
    await released;
    await route.fulfill({ response }).catch(() => {}); // the page may be gone
  }, { times: 1 });
  await fillCard(page);
  await pressPay(page);
  assert.equal(await decided, 200);
  await other();
  release();
}

// finish comes to the portal from wherever leaving led to, paying again where
// the page still offers it: by now we may know of the payment, or only the gateway.
async function finish(page) {
  const paid = heading(page, words.paid);
  const proceed = button(page, words.proceed);
  const cards = heading(page, 'Your card');
  await see(paid.or(proceed).or(cards));
  if (await proceed.isVisible()) {
    await page.getByRole('checkbox', { name: words.consent }).check();
    await proceed.click();
    await see(paid.or(cards));
  }
  await Promise.any([see(paid), see(fields(page).getByLabel(words.number))]);
  if (!await paid.isVisible()) await pay(page);
  await seePortal(page);
}

journey(async (browser, { links }) => {
  const page = await browser.open();
  let back = '';
  page.on('request', (r) => { if (r.isNavigationRequest() && r.url().includes('/return?')) back = r.url(); });

  step('reload before the gateway has decided');
  await page.goto(links[0]);
  await agree(page);
  await ask('delay');
  await fillCard(page);
  const sent = page.waitForRequest((r) => isPay(new URL(r.url())));
  await pressPay(page);
  await sent;
  await page.reload();
  await finish(page);

  step('the return address once more');
  assert.match(back, /\/checkout\/.+\/return\?/);
  await page.goto(back);
  await seePortal(page);

  step('back from the portal, to the card fields and beyond');
  for (let i = 0; i < 3; i++) {
    await page.goBack();
    await see(heading(page, words.paid));
  }

  step('reload after it has decided, before its answer');
  await page.goto(links[1]);
  await agree(page);
  await payMeanwhile(page, () => page.reload());
  await finish(page);

  step('back before its answer');
  await page.goto(links[2]);
  await agree(page);
  await payMeanwhile(page, () => page.goBack());
  await finish(page);

  step('both at once: another tab pays while this one waits');
  await page.goto(links[3]);
  await agree(page);
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  await payMeanwhile(page, async () => {
    await pay(tab);
    await seePortal(tab);
  });
  await seePortal(page); // by itself, when its answer comes
  await page.reload();
  await seePortal(page);
  step('done');
});
