// What every journey shares: one Chromium, pages that report what they complain
// about, and the conversation with the Go test that started this process.
//
// The Go test gives the input as the first argument. This side writes JSON lines:
// {"step"} for the log, {"ask", "with"} when the test has to act (its answer is a
// line on standard input), {"shot"}, and at the end {"done"} or {"failed"}.
import { chromium } from 'playwright-core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const input = JSON.parse(process.argv[2]);
const patience = 20_000; // ms for one action; it only ends what hangs

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const tell = (line) => process.stdout.write(JSON.stringify(line) + '\n');

export const step = (text) => tell({ step: text });

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// ask lets the Go test do something that a customer cannot, and gives its answer.
export async function ask(what, params = {}) {
  tell({ ask: what, with: params });
  const { value, done } = await answers.next();
  if (done) throw new Error(`the test went away while asked for ${what}`);
  return JSON.parse(value);
}

// Browser hands out contexts, each a person's own browser.
class Browser {
  complaints = [];
  #chromium;

  constructor(process) { this.#chromium = process; }

  // open gives a page of a new context. Of its options, width and height are the
  // window's; the rest are playwright's.
  async open({ width = 390, height = 844, ...more } = {}) {
    const context = await this.#chromium.newContext({
      viewport: { width, height }, hasTouch: width < 640, isMobile: width < 640, locale: 'en-GB', acceptDownloads: true, ...more,
    });
    context.setDefaultTimeout(patience);
    // Also in frames: a violation becomes a console error, and so a complaint.
    await context.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) => {
      console.error(`content security policy: ${e.violatedDirective} blocked ${e.blockedURI} on ${e.documentURI}`);
    }));
    context.on('page', (page) => this.#watch(page));
    return context.newPage();
  }

  // openBlockingThirdParties gives a page of a browser that keeps cookies and storage
  // of the site in its address bar only. Its profile is kept in folder.
  async openBlockingThirdParties(folder, { width = 390, height = 844 } = {}) {
    const profile = join(folder, `third-${width}`);
    mkdirSync(join(profile, 'Default'), { recursive: true });
    writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { block_third_party_cookies: true, cookie_controls_mode: 1 } }));
    const context = await chromium.launchPersistentContext(profile, { executablePath: input.chromium, args: flags, locale: 'en-GB', viewport: { width, height } });
    context.setDefaultTimeout(patience);
    refusing.push(context);
    context.on('page', (page) => this.#watch(page));
    return context.newPage();
  }

  #watch(page) {
    page.on('console', (m) => {
      if (m.type() === 'error' || m.type() === 'warning') this.complaints.push(`${m.type()}: ${m.text()} (${m.location().url})`);
    });
    page.on('pageerror', (e) => this.complaints.push(`exception: ${e.message}`));
  }
}

// refusing are the browsers of openRefusingCookies, which end with the journey.
const refusing = [];

// openRefusingCookies gives a page of a browser whose owner blocks all cookies.
// Its profile is kept in folder.
export async function openRefusingCookies(folder) {
  const profile = join(folder, 'profile');
  mkdirSync(join(profile, 'Default'), { recursive: true });
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
  const context = await chromium.launchPersistentContext(profile, { executablePath: input.chromium, args: flags, locale: 'en-GB' });
  context.setDefaultTimeout(patience);
  refusing.push(context);
  return context.pages()[0] ?? context.newPage();
}

// journey runs one journey. A page's complaint fails it, unless one of tolerate,
// a list of expressions, foresees it.
export async function journey(walk, { tolerate = [] } = {}) {
  let chrome;
  let failed;
  try {
    chrome = await chromium.launch({
      executablePath: input.chromium,
      args: flags,
    });
    const browser = new Browser(chrome);
    const done = await walk(browser, input);
    const unforeseen = browser.complaints.filter((c) => !tolerate.some((t) => t.test(c)));
    if (unforeseen.length > 0) throw new Error('the browser complained:\n' + unforeseen.join('\n'));
    tell({ done: done ?? {} });
  } catch (e) {
    failed = e;
    await shootAll(chrome);
    tell({ failed: e.stack ?? String(e) });
  } finally {
    await Promise.all([chrome, ...refusing].map((b) => b?.close()));
  }
  process.exit(failed ? 1 : 0);
}

// shoot keeps a picture of the whole page. The window grows for it: playwright's
// own way to take a whole page disturbs frames of other sites.
export async function shoot(page, name) {
  mkdirSync(input.shots, { recursive: true });
  const path = join(input.shots, `${input.name}-${name}.png`);
  const window = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: window.width, height: Math.max(window.height, height) });
  for (const frame of page.frames().slice(1)) await frame.evaluate(drawn);
  await page.screenshot({ path });
  await page.setViewportSize(window);
  tell({ shot: path });
}

// drawn resolves in a page when it has been drawn anew.
const drawn = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });

// shootAll shows where a journey failed.
async function shootAll(chrome) {
  const pages = chrome?.contexts().flatMap((c) => c.pages()) ?? [];
  for (const [i, page] of pages.entries()) {
    await shoot(page, `failed-${i + 1}`).catch((e) => step(`no picture of page ${i + 1}: ${e.message}`));
  }
}
