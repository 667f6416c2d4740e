// A card comes to its end: the customer hears of it before, sees what is
// outstanding after, stores another card that the bank asks about, and pays once.
import assert from 'node:assert/strict';
import { clean } from './axe.mjs';
import { ask, journey, shoot, step } from './kit.mjs';
import { agree, askedCard, button, card, fillCard, heading, issuerAsks, noSideways, pressPay, see, storeCard, english as words } from './pages.mjs';

const cards = (page) => page.getByTestId('card');
const cardOf = (page, name) => cards(page).filter({ hasText: name });
const updates = (page) => page.getByRole('link', { name: 'Update card' });

// onlyUpdate wants the one thing to do within the first screen, and no other.
async function onlyUpdate(page) {
  await see(updates(page));
  assert.equal(await page.locator('main .btn-primary').count(), 1);
  const { y, height } = await updates(page).boundingBox();
  assert.ok(y + height < page.viewportSize().height, `what is to be done ends ${y + height} px down`);
}

class Customer {
  constructor(page, order) { Object.assign(this, { page, order }); }

  async look(name) {
    await noSideways(this.page);
    await clean(this.page, `${name} at ${this.order.width}`);
    await shoot(this.page, `${name}-${this.order.width}`);
  }

  async subscribes(expiry) {
    await this.page.goto(this.order.link);
    await agree(this.page);
    await fillCard(this.page, { ...card, expiry, holder: 'THEN 100.100.303' });
    await pressPay(this.page);
    await this.page.waitForURL(/\/orders\//);
    await see(heading(this.page, /^Next payment €12\.00/));
  }

  async hearsOfIt() {
    await this.page.goto(this.order.link);
    await see(this.page.getByText(/^Visa ending in 0000 is valid until/));
    await onlyUpdate(this.page);
    await this.look('expiring');
  }

  async updates() {
    const { page } = this;
    await page.goto(this.order.link);
    await see(heading(page, 'A payment of €12.00 was declined'));
    await onlyUpdate(page);
    const owed = await page.getByTestId('outstanding').innerText();
    await this.look('expired');

    await updates(page).click();
    await see(heading(page, 'Update your card'));
    await see(page.getByTestId('outstanding').getByText(owed));
    await see(cardOf(page, 'Visa ending in 0000').getByText('Expired'));
    assert.equal(await cards(page).getByRole('button').count(), 0, 'only an update may follow');
    await this.look('outstanding');

    await storeCard(page, `Update card and pay ${owed}`, askedCard);
    await issuerAsks(page);
    assert.equal(new URL(page.url()).hostname, 'acs.localhost');
    await button(page, words.approve).dblclick();
    await page.waitForURL(/\/orders\//);
    await see(heading(page, /^Next payment €12\.00/)); // the page follows by itself
    await see(page.getByTestId('payment-method').filter({ hasText: 'Visa ending in 0042' }).getByText('In use'));
    assert.equal(await updates(page).count(), 0);
    await this.look('settled');
  }
}

journey(async (browser, { orders, expiry }) => {
  const all = [];
  for (const order of orders) all.push(new Customer(await browser.open({ width: order.width }), order));
  for (const [name, act, before] of [
    ['subscribes', (c) => c.subscribes(expiry)],
    ['hears that the card expires', (c) => c.hearsOfIt(), 'nearly over'],
    ['updates the expired card and pays once', (c) => c.updates(), 'over'],
  ]) {
    if (before) await ask(before);
    for (const c of all) {
      step(`${c.order.width} px: ${name}`);
      await act(c);
    }
  }
});
