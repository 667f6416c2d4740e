// A browser comes back from paying without our cookie: it learns that the payment
// was received and nothing of the order; the link opens the portal.
import assert from 'node:assert/strict';
import { journey, openRefusingCookies, shoot, step } from './kit.mjs';
import { agree, fillCard, heading, pressPay, see, seePortal } from './pages.mjs';

async function seeOnlyThatItIsPaid(page) {
  await see(heading(page, 'Payment received'));
  const text = await page.locator('body').innerText();
  assert.match(text, /Harbour Bicycles has received your payment of €124\.00/);
  for (const secret of ['HB-1024', 'City bicycle', 'Philippa', 'Quellwasser', 'pick-up', '0000']) {
    assert.ok(!text.includes(secret), `the page tells "${secret}"`);
  }
  assert.equal(await page.getByRole('link', { name: /Order summary|Receipt/ }).count(), 0);
}

journey(async (browser, { link, folder }) => {
  step('the cookie is lost while paying');
  const page = await browser.open();
  let back = '';
  page.on('request', (r) => { if (r.isNavigationRequest() && r.url().includes('/return?')) back = r.url(); });
  await page.goto(link);
  await agree(page);
  await fillCard(page);
  await page.context().clearCookies();
  await pressPay(page);
  await seeOnlyThatItIsPaid(page);
  await shoot(page, 'return');

  step('a bank that comes back in another browser');
  const other = await browser.open();
  await other.goto(back);
  await seeOnlyThatItIsPaid(other);

  step('the link again');
  await page.goto(link);
  await seePortal(page);

  step('a browser that takes no cookies at all');
  const strict = await openRefusingCookies(folder);
  await strict.goto(link);
  await see(heading(strict, 'Open your payment link'));
  await see(strict.getByText(/allow cookies for this site/));
  await strict.goto(back);
  await seeOnlyThatItIsPaid(strict);
}, { tolerate: [/status of 404/] });
