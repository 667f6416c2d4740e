// Every page in every state, on a phone and on a desk: what axe says in light and
// dark, whether anything is lost at 320 px or with text at 200 %, how large the
// targets are, what the title tells.
import assert from 'node:assert/strict';
import { ask, journey, shoot, step } from './kit.mjs';
import { clean } from './axe.mjs';
import { button, fields, heading, noSideways, see, english as words } from './pages.mjs';

const targets = 'main .btn, main summary, main select, main input[type=checkbox] + label, .languages a, .downloads a, .foot li a, .pager a, main .way a';

// go brings a page into a state and gives the answer.
async function go(page, base, { link, path, do: act, code }) {
  if (link) await page.goto(link);
  let answer = await page.goto(base + path);
  if (act) {
    if (act === 'agree') {
      await ask('gatewayAway');
      await page.getByRole('checkbox', { name: words.consent }).check();
    }
    const coming = page.waitForResponse((r) => r.request().method() === 'POST');
    await button(page, words.proceed).click();
    answer = await coming;
    await page.waitForLoadState();
  }
  assert.equal(answer.status(), code, `${path} answers ${answer.status()}`);
  await page.route('**', stay);
}

// stay keeps a page that looks again by itself where it is while it is read.
function stay(route) {
  const request = route.request();
  const away = request.isNavigationRequest() && !request.frame().parentFrame();
  return away ? route.fulfill({ status: 204 }) : route.continue();
}

async function titleTells(page, { name, link }, merchant) {
  const title = await page.title();
  const named = name === 'server-failure' || !link ? title.length > 3 : title.endsWith(` · ${merchant}`);
  assert.ok(named, `${name}: the title is ${title}`);
  for (const secret of [link?.split('/').pop(), 'Ada', 'Winter', 'ord_', 'att_']) {
    assert.ok(!secret || !title.includes(secret), `${name}: the title tells ${secret}`);
  }
}

// whether money was taken is told on every page that is not the portal itself.
async function moneyIsTold(page, { name }) {
  if (name.startsWith('portal')) return;
  const text = await page.locator('main').innerText();
  assert.match(text, /money was taken|money may have been taken|whether money was|took no money|is charged before|has been charged|received your payment|whether the payment was made|is asked to approve/i,
    `${name}: nothing is said about money`);
}

async function targetsAreLarge(page, name) {
  const small = await page.locator(targets).evaluateAll((all) => all.filter((e) => e.checkVisibility())
    .map((e) => ({ what: e.textContent.trim(), height: e.getBoundingClientRect().height })).filter(({ height }) => height < 44));
  assert.deepEqual(small, [], `${name}: targets below 44 px`);
}

// nothingIsLost resizes the window and the text.
async function nothingIsLost(page) {
  const window = page.viewportSize();
  for (const width of [320, 640]) {
    await page.setViewportSize({ width, height: 800 });
    await noSideways(page);
  }
  await page.setViewportSize(window);
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  await noSideways(page);
  await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
}

journey(async (browser, { base, merchant, width, states, pictures }) => {
  for (const state of states) {
    step(state.name);
    const page = await browser.open({ width, height: width < 640 ? 844 : 900 });
    await go(page, base, state);
    await see(heading(page, new RegExp(`^${state.h1}`)));
    if (state.name.startsWith('checkout')) await see(fields(page).getByLabel(words.number));
    if (pictures) await picture(page, `${state.name}-${width}`);
    await titleTells(page, state, merchant);
    await moneyIsTold(page, state);
    await targetsAreLarge(page, state.name);
    await noSideways(page);
    await clean(page, `${state.name} at ${width}`);
    if (width === 390) await nothingIsLost(page);
    if (pictures) await german(page, base, state, width);
    await page.context().close();
  }
}, { tolerate: [/status of (404|422|429|500|503)/] });

// picture keeps what a state looks like, for a person to look at.
async function picture(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `${name}-en-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function german(page, base, { name, path }, width) {
  await page.unroute('**', stay);
  await page.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=de`);
  if (name.startsWith('checkout')) await page.waitForLoadState('networkidle');
  await shoot(page, `${name}-${width}-de-light`);
}
