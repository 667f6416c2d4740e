// Cards are added, chosen and removed, but for the one in use.
import assert from 'node:assert/strict';
import { clean } from './axe.mjs';
import { journey, shoot, step } from './kit.mjs';
import { heading, noSideways, otherCard, see, storeCard } from './pages.mjs';

const cards = (page) => page.getByTestId('card');
const cardOf = (page, last4) => cards(page).filter({ hasText: `ending in ${last4}` });

journey(async (browser, { link, width }) => {
  const page = await browser.open({ width });
  await page.goto(link);
  await page.getByTestId('manage-cards').click();
  await see(heading(page, 'Your cards'));

  step('the card in use stays');
  await see(cardOf(page, '0042').getByText('To remove it, choose or add another card first.'));
  assert.equal(await cardOf(page, '0042').getByRole('button').count(), 0, 'the card in use can be removed');

  step('another is added, and is in use');
  await storeCard(page, 'Continue to card details', otherCard);
  await page.waitForURL(/\/orders\//);
  await see(page.getByTestId('payment-method').filter({ hasText: 'Mastercard ending in 5454' }).getByText('In use'));
  await page.getByTestId('manage-cards').click();
  await see(cardOf(page, '5454').getByText('In use'));
  await noSideways(page);
  await clean(page, `three cards at ${width}`);
  await shoot(page, 'cards');

  step('a page that was left open cannot remove what was chosen since');
  const stale = await page.context().newPage();
  await stale.goto(page.url());
  await cardOf(page, '0042').getByRole('button', { name: 'Use this card' }).click();
  await see(page.getByText('This order is paid with the chosen card from now on.'));
  await cardOf(stale, '0042').getByRole('button', { name: 'Remove' }).click();
  await see(stale.getByTestId('alert'));
  await see(cardOf(stale, '0042').getByText('In use'));
  await shoot(stale, 'refused');
  await stale.close();

  step('those not in use are removed');
  for (const last4 of ['5454', '0000']) {
    await cardOf(page, last4).getByRole('button', { name: 'Remove' }).click();
    await cardOf(page, last4).waitFor({ state: 'detached' });
    await see(page.getByText('The card was removed.'));
  }
  assert.equal(await cards(page).count(), 1);
});
