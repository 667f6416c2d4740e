// The gateway's widget on a page of the shop's own, with what the API told: paid
// without a question and with one, in a browser that blocks cookies of third parties.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { askedCard, card, fields, heading, see, english as words } from './pages.mjs';

journey(async (browser, { shop, folder }) => {
  const page = await browser.openBlockingThirdParties(folder);
  const gateway = fields(page);
  const open = async (name) => {
    await page.goto(`${shop}/thanks`);
    await page.evaluate((to) => fetch(to), `${shop}/new/${name}?redirect=${encodeURIComponent(`${shop}/thanks?basket=${name}`)}`);
    await page.goto(`${shop}/order/${name}?as=widget`);
    await see(gateway.getByLabel(words.number));
  };
  const pay = async (what) => {
    await gateway.getByLabel(words.number).fill(what.number);
    await gateway.getByLabel(words.expiry).fill(what.expiry);
    await gateway.getByLabel(words.cvv).fill(what.cvv);
    await gateway.getByLabel(words.holder).fill(what.holder);
    await gateway.getByLabel(words.holder).press('Enter');
  };
  const arrives = async (name, title, status) => {
    await see(heading(page, title));
    const to = new URL(page.url());
    assert.deepEqual([to.origin, to.searchParams.get('basket'), to.searchParams.get('status')], [shop, name, status]);
    assert.match(to.searchParams.get('signature'), /^[0-9a-f]{64}$/);
  };

  step('without a question');
  await open('one');
  await shoot(page, 'widget');
  await pay(card);
  await arrives('one', 'Thank you', 'approved');

  step('declined, then the bank asks inside the page');
  await open('two');
  await pay({ ...card, holder: '800.100.155' });
  await arrives('two', 'Not paid yet', 'declined');
  await page.goto(`${shop}/order/two?as=widget`);
  await pay(askedCard);
  const issuer = page.frameLocator('iframe[title="Confirm your payment"]');
  await issuer.getByRole('button', { name: words.approve }).press('Enter');
  await arrives('two', 'Thank you', 'approved');
});
