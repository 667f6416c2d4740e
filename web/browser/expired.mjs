// The gateway ends a checkout before we would: the page finds its way to a new
// one, whether the card was typed already or not.
import { ask, journey, shoot, step } from './kit.mjs';
import { agree, button, fields, heading, otherCard, fillCard, pay, pressPay, see, seePortal, english as words } from './pages.mjs';

// startAgain goes on from the page that tells of the end.
async function startAgain(page) {
  await see(heading(page, 'This payment page has expired'));
  await see(page.getByText(/You will not be charged twice/));
  await shoot(page, 'expired');
  await button(page, 'Start again').click();
  await see(fields(page).getByLabel(words.number));
}

journey(async (browser, { links }) => {
  const page = await browser.open();

  step('a page left open');
  await page.goto(links[0]);
  await agree(page);
  await ask('halfAnHour');
  await page.reload();
  await startAgain(page);
  await pay(page, otherCard);
  await seePortal(page);

  step('a card typed too late');
  await page.goto(links[1]);
  await agree(page);
  await fillCard(page);
  await ask('halfAnHour');
  await pressPay(page);
  await startAgain(page);
  await pay(page, otherCard);
  await seePortal(page);
}, { tolerate: [/status of 410/] });
