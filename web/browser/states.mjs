// The gateway's own pages in all their states: nothing for axe in light and dark,
// nothing to scroll sideways, errors tied to their fields and announced.
import assert from 'node:assert/strict';
import { journey, shoot, step } from './kit.mjs';
import { clean } from './axe.mjs';
import { agree, askedCard, button, fields, frameFits, issuerAsks, noSideways, pay, pressPay, see, english as words } from './pages.mjs';

// fits wants a page without sideways scrolling at its own width and at 320 px,
// which is also 640 px at twice the size.
async function fits(page) {
  const window = page.viewportSize();
  for (const width of [window.width, 320]) {
    await page.setViewportSize({ ...window, width });
    await noSideways(page);
    for (const frame of page.frames().slice(1)) {
      const over = await frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(over, 0, `at ${width} px the frame's content is ${over} px too wide`);
    }
  }
  await page.setViewportSize(window);
}

// targets wants everything that is pressed to be high enough for a thumb.
async function targets(frame) {
  const low = await frame.evaluate(() => [...document.querySelectorAll('button, input:not([type=radio]), .choice, .problem a, a.button')]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 80)));
  assert.deepEqual(low, [], 'lower than 44 px');
}

journey(async (browser, { link, width }) => {
  const page = await browser.open({ width });
  const frame = fields(page);
  await page.goto(link);
  await agree(page);
  const inside = page.frames()[1];
  const look = async (name) => {
    step(name);
    await clean(page, name);
    await fits(page);
    await targets(page.frames()[1] ?? page);
    await shoot(page, name);
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot(page, `${name}-dark`);
    await page.emulateMedia({ colorScheme: 'light' });
  };

  await look('empty');
  await frameFits(page);

  await pressPay(page);
  await see(frame.getByRole('alert').getByText('Please check these details:'));
  for (const [label, text] of [[words.number, 'Enter the card number.'], [words.expiry, 'Enter the expiry date.'],
    [words.cvv, 'Enter the security code.'], [words.holder, 'Enter the name on the card.']]) {
    const input = frame.getByLabel(label);
    assert.equal(await input.getAttribute('aria-invalid'), 'true', `${label} is not told to be wrong`);
    const told = await input.evaluate((e) => e.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' '));
    assert.ok(told.includes(text), `${label} is described as "${told}"`);
  }
  assert.equal(await inside.evaluate(() => document.activeElement.id), 'number');
  await look('errors');
  await frameFits(page);

  await frame.getByRole('link', { name: 'Enter the security code.' }).click();
  assert.equal(await inside.evaluate(() => document.activeElement.id), 'cvv');

  for (const [number, brand] of [['4', 'Visa'], ['51', 'Mastercard'], ['2221', 'Mastercard'], ['37', 'Amex'], ['6', '']]) {
    await frame.getByLabel(words.number).fill(number);
    assert.equal(await frame.locator('#brand').innerText(), brand);
  }
  for (const typed of ['12/34', '1234', '12 / 2034', '12/2034']) {
    await frame.getByLabel(words.expiry).fill('');
    await frame.getByLabel(words.expiry).pressSequentially(typed.length === 4 || typed === '12/34' ? typed : '12/34');
    if (typed.length > 5) await frame.getByLabel(words.expiry).fill(typed); // as browsers fill it in
    assert.equal(await frame.getByLabel(words.expiry).inputValue(), '12 / 34', `typed as ${typed}`);
  }

  await frame.getByRole('button', { name: 'Pay with Apple Pay' }).click();
  await see(frame.getByRole('dialog'));
  await look('wallet');
  await page.keyboard.press('Escape');

  await pay(page, askedCard);
  await issuerAsks(page);
  await look('issuer');

  await page.goBack();
  await see(frame.getByRole('button', { name: 'Continue to your bank' }));
  await frameFits(page);
  await look('asked');

  await frame.getByRole('button', { name: 'Continue to your bank' }).click();
  await issuerAsks(page);
  const asked = page.url();
  await button(page, words.reject).click();
  await see(frame.getByLabel(words.number));
  await page.goto(asked);
  await look('closed');
});
