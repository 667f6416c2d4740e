// The customer leaves the bank's page: what was begun can be gone on with or
// cancelled, time ends it, and nothing is ever charged twice.
import { ask, journey, shoot, step } from './kit.mjs';
import { agree, askedCard, button, fields, frameFits, heading, issuerAsks, otherCard, pay, proceed, see, seeDeclined, seePortal, english as words } from './pages.mjs';

// seeAsked is the payment page while the bank waits: no card fields.
async function seeAsked(page) {
  await page.waitForURL(/\/checkout\//);
  await see(fields(page).getByText('Your bank is still waiting for you to confirm the payment (Visa ending in 0042). No money was taken yet.'));
}

const toBank = (page) => fields(page).getByRole('button', { name: 'Continue to your bank' });
const otherwise = (page) => fields(page).getByRole('button', { name: 'Cancel and pay another way' });

journey(async (browser, { links }) => {
  const page = await browser.open();

  step('back from the bank');
  await page.goto(links[0]);
  await agree(page);
  await pay(page, askedCard);
  await issuerAsks(page);
  const asked = page.url();
  await page.goBack();
  await seeAsked(page);
  await frameFits(page);
  await shoot(page, 'asked');

  step('cancelled there, and the bank hears nothing more');
  await otherwise(page).click();
  await seeDeclined(page, 'You left before your bank could confirm. No money was taken.');
  await shoot(page, 'left');
  const late = await page.context().newPage();
  await late.goto(asked);
  await see(heading(late, 'This request is closed'));
  await late.close();

  step('another card pays');
  await pay(page, otherCard);
  await seePortal(page);

  step('the tab is closed while the bank asks');
  const lost = await page.context().newPage();
  await lost.goto(links[1]);
  await agree(lost);
  await pay(lost, askedCard);
  await issuerAsks(lost);
  await lost.close();

  step('the link leads back to the bank');
  await page.goto(links[1]);
  await proceed(page);
  await seeAsked(page);
  await toBank(page).click();
  await issuerAsks(page);

  step('left by the button of the bank');
  await button(page, 'Cancel and go back to Harbour Bicycles').click();
  await seeDeclined(page, 'You left before your bank could confirm. No money was taken.');

  step('left for good: time ends it');
  await pay(page, askedCard);
  await issuerAsks(page);
  await ask('halfAnHour');
  await page.reload();
  await see(page.getByText('The time for your answer is over. No money was taken.'));
  await shoot(page, 'over');
  await page.getByRole('link', { name: 'Back to Harbour Bicycles' }).click();
  await see(page.getByRole('alert').filter({ hasText: 'You left before your bank could confirm. No money was taken.' }));

  step('the gateway has ended the checkout too: the page leads on to a new one');
  const over = page.url();
  await see(fields(page).getByText('This payment has expired. No money was taken. Please start again.'));
  await button(page, 'Start again').click();
  await page.waitForURL((url) => /\/checkout\//.test(url.pathname) && url.href !== over);
  await pay(page, otherCard);
  await seePortal(page);
}, { tolerate: [/status of 410/] });
