// A customer ends a subscription in two steps, and takes it back.
import assert from 'node:assert/strict';
import { clean } from './axe.mjs';
import { ask, journey, shoot, step } from './kit.mjs';
import { heading, see } from './pages.mjs';

journey(async (browser, { link, width }) => {
  const page = await browser.open({ width });
  await page.goto(link);

  step('asks what cancelling means');
  await page.getByRole('link', { name: 'Cancel subscription' }).click();
  await see(heading(page, 'Cancel your subscription with'));
  await see(page.getByText('It runs until'));
  await clean(page, 'cancel');
  await shoot(page, 'cancel');

  step('cancels');
  await page.getByRole('button', { name: 'Cancel subscription now' }).click();
  await see(heading(page, 'Runs until'));
  await clean(page, 'ending');
  await shoot(page, 'ending');
  assert.deepEqual(await ask('standing'), { ends: true, mails: 1, kept: 0, status: 'active' });

  step('keeps it after all');
  await page.getByRole('button', { name: 'Keep my subscription' }).click();
  await see(heading(page, 'Next payment €12.00'));
  await clean(page, 'kept');
  await shoot(page, 'kept');
  assert.deepEqual(await ask('standing'), { ends: false, mails: 1, kept: 1, status: 'active' });
});
