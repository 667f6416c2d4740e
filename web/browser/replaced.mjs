// Two tabs, of which one holds a checkout that was replaced: both are paid, and
// the second payment goes back.
import assert from 'node:assert/strict';
import { ask, journey, shoot, step } from './kit.mjs';
import { agree, card, heading, otherCard, pay, section, see, seePortal, english as words } from './pages.mjs';

journey(async (browser, { link }) => {
  const first = await browser.open();
  await first.goto(link);
  await agree(first);

  step('half an hour later, in another tab');
  await ask('later');
  const second = await first.context().newPage();
  await second.goto(link);
  await agree(second);
  assert.notEqual(second.url(), first.url(), 'the old checkout was not replaced');

  step('the replaced one is paid first');
  await pay(first, card);
  await seePortal(first);
  step('and the other too');
  await pay(second, otherCard);
  await seePortal(second);

  step('the second payment goes back');
  await ask('sentBack');
  const sentBack = section(first, words.history).getByText('Second payment sent back');
  for (let i = 0; i < 20 && !(await sentBack.isVisible()); i++) {
    await first.reload({ waitUntil: 'networkidle' }); // the gateway's books are a moment ahead of ours
  }
  await see(sentBack);
  await see(section(first, words.method).getByText(/Visa ending in 0000/));
  assert.equal(await first.getByTestId('order-paid').innerText(), '€124.00');
  await shoot(first, 'portal');

  step('back on the card fields there is nothing more to pay');
  await second.goBack();
  await see(heading(second, words.paid));
});
