// Cards whose bank is sure without asking: authenticated, attempted, and one
// where authentication breaks down.
import assert from 'node:assert/strict';
import { journey, step } from './kit.mjs';
import { agree, card, pay, seeDeclined, section, see, seePortal, english as words } from './pages.mjs';

journey(async (browser, { links }) => {
  const page = await browser.open();
  const asked = [];
  page.on('framenavigated', (frame) => { if (frame.url().includes('/acs/')) asked.push(frame.url()); });

  for (const [i, [number, name]] of [['4200000000000091', 'Visa ending in 0091'], ['5200000000000023', 'Mastercard ending in 0023'],
    ['374500262001008', 'American Express ending in 1008']].entries()) {
    step(name);
    await page.goto(links[i]);
    await agree(page);
    await pay(page, { ...card, number, cvv: name.startsWith('Am') ? '7373' : card.cvv });
    await seePortal(page);
    await see(section(page, words.method).getByText(name));
  }

  step('authentication breaks down');
  await page.goto(links[3]);
  await agree(page);
  await pay(page, { ...card, number: '4012001037461114' });
  await seeDeclined(page, 'Your bank could not confirm that it was you. No money was taken.');
  assert.deepEqual(asked, [], 'a bank asked');
});
