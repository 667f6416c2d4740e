// The pages as a person finds things on them: by label, by role and name.
import assert from 'node:assert/strict';

export const english = {
  consent: /^I accept the terms/, proceed: 'Continue to payment',
  number: 'Card number', expiry: 'Expiry date', cvv: 'Security code (CVV)', holder: 'Cardholder name', pay: /^Pay €\d/,
  frame: 'Card payment', paid: /^Paid on \d/, method: 'Payment method', history: 'Billing history', payment: 'Payment',
  downloads: 'Downloads and help', summary: /^Order summary/, invoice: /^Invoice /, receipt: /^Receipt /,
  asked: 'Confirm your payment', approve: 'Approve', reject: 'Reject',
};

export const german = {
  consent: /^Ich stimme den AGB zu/, proceed: 'Weiter zur Zahlung',
  number: 'Kartennummer', expiry: 'Gültig bis', cvv: 'Prüfnummer (CVV)', holder: 'Name auf der Karte', pay: /^124,00\s€ bezahlen$/,
  frame: 'Kartenzahlung', paid: /^Bezahlt am \d/, method: 'Zahlungsmittel', history: 'Zahlungsverlauf', payment: 'Zahlung',
  downloads: 'Downloads und Hilfe', summary: /^Bestellübersicht/, invoice: /^Rechnung /, receipt: /^Quittung /,
  asked: 'Zahlung bestätigen', approve: 'Bestätigen', reject: 'Ablehnen',
};

export const card = { number: '4200000000000000', expiry: '12 / 34', cvv: '737', holder: 'P Q Holder' };
export const otherCard = { ...card, number: '5454545454545454' };
export const askedCard = { ...card, number: '4200000000000042' };
export const failingCard = { ...card, number: '4200000000000018' };

export const see = (locator) => locator.first().waitFor({ state: 'visible' });
export const heading = (page, name) => page.getByRole('heading', { name });
export const button = (page, name) => page.getByRole('button', { name });

// proceed ticks the box on the order page and goes on.
export async function proceed(page, words = english) {
  await page.getByRole('checkbox', { name: words.consent }).check();
  await button(page, words.proceed).click();
  await page.waitForURL(/\/checkout\//);
}

// agree goes on from the order page to the card fields.
export async function agree(page, words = english) {
  await proceed(page, words);
  await see(fields(page, words).getByLabel(words.number));
}

// fields are the gateway's, inside its frame.
export const fields = (page, words = english) => page.frameLocator(`iframe[title="${words.frame}"]`);

export async function fillCard(page, what = card, words = english) {
  const frame = fields(page, words);
  await frame.getByLabel(words.number).fill(what.number);
  await frame.getByLabel(words.expiry).fill(what.expiry);
  await frame.getByLabel(words.cvv).fill(what.cvv);
  await frame.getByLabel(words.holder).fill(what.holder);
}

export const payButton = (page, words = english) => fields(page, words).getByRole('button', { name: words.pay });

// pressPay clicks until the click arrives. Chromium throws away what is clicked in
// another site's frame within half a second of the frame's last move, as a guard
// against pages that slip a button under the pointer; people then click again.
export const pressPay = (page, words = english) => press(payButton(page, words));

// saveCard fills the card fields in and stores the card.
export async function saveCard(page, what = card) {
  await fillCard(page, what);
  await press(fields(page).getByRole('button', { name: 'Save card' }));
}

// storeCard goes from the page of the cards to the card fields, and through them.
export async function storeCard(page, start, what) {
  await page.getByRole('checkbox', { name: english.consent }).check();
  await button(page, start).click();
  await page.waitForURL(/\/checkout\//);
  await saveCard(page, what);
}

async function press(found) {
  const button = await found.elementHandle();
  for (let tries = 1; ; tries++) {
    const arrived = button.evaluate((b) => new Promise((heard) => b.addEventListener('click', () => heard(true), { once: true })))
      .catch(() => true); // the frame went on at once
    await button.click();
    if (await Promise.race([arrived, new Promise((late) => setTimeout(late, 1000))])) return;
    assert.ok(tries < 3, 'the button hears no click');
  }
}

export async function pay(page, what = card, words = english) {
  await fillCard(page, what, words);
  await pressPay(page, words);
}

// seePortal asserts the portal of a paid order.
export async function seePortal(page, words = english) {
  await page.waitForURL(/\/orders\//);
  await see(heading(page, words.paid));
}

// issuerAsks asserts the page of the card's issuer while it waits for an answer.
export async function issuerAsks(page, words = english) {
  await page.waitForURL(/\/acs\//);
  await see(heading(page, words.asked));
  await see(button(page, words.approve));
}

// seeDeclined asserts the card fields with the reason of the last decline above them.
export async function seeDeclined(page, reason, words = english) {
  await see(page.getByRole('alert').filter({ hasText: reason }));
  await see(fields(page, words).getByLabel(words.number));
}

// enter presses Enter on something. Where that takes its frame away before the key is
// up no answer comes, so none is waited for: what follows is.
export async function enter(locator) {
  await see(locator);
  locator.press('Enter').catch(() => {});
}

// section is the part of a page that a heading names.
export const section = (page, name) => page.getByRole('region', { name });

// noSideways asserts that nothing has to be scrolled sideways.
export async function noSideways(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, `the page is ${over} px wider than the window`);
}

// frameFits asserts that the gateway's frame is as high as its content: nothing
// scrolls inside it, and no gap opens below it.
export async function frameFits(page, words = english) {
  const frame = await page.locator(`iframe[title="${words.frame}"]`).elementHandle();
  const inside = await frame.contentFrame();
  const fits = async () => {
    const { height } = await frame.boundingBox();
    const content = await inside.evaluate(() => document.querySelector('main').getBoundingClientRect().bottom);
    return { height, content };
  };
  let last;
  for (let i = 0; i < 100; i++) { // its height follows by messages
    last = await fits();
    if (last.height >= last.content && last.height <= last.content + 24) return;
    await inside.evaluate(() => new Promise(requestAnimationFrame));
  }
  assert.fail(`the frame is ${last.height} px high, its content ${last.content} px`);
}

// buy takes what the demo's shop has, and comes to the page that takes the payment.
export async function buy(page, shop, how) {
  await page.goto(shop);
  await page.getByLabel('Name').fill('Philippa Quellwasser');
  await page.getByLabel('E-mail address').fill('philippa.quellwasser@post.example');
  await button(page, how).click();
  await page.waitForURL(/\/(checkout|frame)\//);
}
