// A declined card: its customer sees what is outstanding, stores another card, and
// that pays it. Then cards are chosen, and the one in use stays.
import { ask, journey, shoot, step } from './kit.mjs';
import { clean } from './axe.mjs';
import { button, fields, heading, noSideways, otherCard, saveCard, see, english as words } from './pages.mjs';

journey(async (browser, { link, width }) => {
  const page = await browser.open({ width, height: 844 });
  const look = async (name) => {
    await noSideways(page);
    await clean(page, name);
    await shoot(page, name);
  };
  await page.goto(link);
  await see(page.getByText('Visa ending in 0000'));
  await look('declined');

  step('what is outstanding');
  await page.getByRole('link', { name: 'Update card' }).click();
  await see(heading(page, 'Update your card'));
  await see(page.getByTestId('outstanding').getByText('€12.00'));
  await look('update');
  await button(page, 'Update card and pay €12.00').click();
  await see(page.getByRole('alert'));
  await page.getByRole('checkbox', { name: words.consent }).check();
  await button(page, 'Update card and pay €12.00').click();
  await page.waitForURL(/\/checkout\//);
  await see(fields(page).getByLabel(words.number));
  await look('fields');

  step('another card pays');
  await saveCard(page, otherCard);
  await page.waitForURL(/\/orders\//);
  await see(page.getByText('€12.00 is being charged to your new card'));
  await look('settling');
  await ask('settle');
  await page.goto(link);
  await see(page.getByText('Mastercard ending in 5454'));
  await page.getByText('In use').waitFor();
  await look('settled');

  step('the card in use stays');
  await page.getByTestId('manage-cards').click();
  await see(heading(page, 'Your cards'));
  await see(page.getByText('To remove it, choose or add another card first.'));
  await look('cards');
}, { tolerate: [/status of 422/] });
