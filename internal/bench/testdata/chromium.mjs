// Prints an HTML file as PDF in one page of one Chromium, and answers each line of
// its input, a number, with the nanoseconds that one of so many prints took.
// Arguments: folder with playwright-core, Chromium, HTML file.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [folder, executablePath, file] = process.argv.slice(2);
const { chromium } = createRequire(folder + '/')('playwright-core');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-extensions', '--font-render-hinting=none'],
});
const page = await browser.newPage();
const html = readFileSync(file, 'utf8');
for await (const line of createInterface({ input: process.stdin })) {
  const n = Number(line);
  const begun = process.hrtime.bigint();
  for (let i = 0; i < n; i++) {
    await page.setContent(html);
    await page.pdf({ format: 'A4' });
  }
  console.log(String((process.hrtime.bigint() - begun) / BigInt(n)));
}
await browser.close();
