// axe-core over a page and the frames in it.
import axe from 'axe-core';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// clean wants no violation of WCAG 2.2 AA, in light and in dark.
export async function clean(page, name) {
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const frame of page.frames()) {
      await frame.evaluate(axe.source);
      await frame.evaluate(settled);
      await ground(frame, true);
      const { violations } = await frame.evaluate((values) => window.axe.run(document, {
        runOnly: { type: 'tag', values }, iframes: false, resultTypes: ['violations'],
      }), tags);
      await ground(frame, false);
      for (const v of violations) {
        found.push(...v.nodes.map((n) => `${name}, ${colorScheme}: ${v.id} at ${n.target}: ${n.failureSummary}`));
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (found.length > 0) throw new Error('axe found:\n' + found.join('\n'));
}

// settled resolves in a page when its colours have become what they are to be.
const settled = () => Promise.allSettled(document.getAnimations().filter((a) => a instanceof CSSTransition).map((a) => a.finished)).then(() => {});

// ground gives a frame without a ground of its own the one that shows through it,
// which axe cannot see from inside, and takes it away again.
async function ground(frame, give) {
  if (!frame.parentFrame()) return;
  if (await frame.evaluate(() => {
    const root = document.documentElement;
    return root.style.backgroundColor === '' && !/^(transparent|rgba\(.*, 0\))$/.test(getComputedStyle(root).backgroundColor);
  })) return;
  const colour = give ? await (await frame.frameElement()).evaluate((e) => {
    const opaque = (at) => !/^(transparent|rgba\(.*, 0\))$/.test(getComputedStyle(at).backgroundColor);
    for (let at = e.parentElement; at; at = at.parentElement) {
      if (opaque(at)) return getComputedStyle(at).backgroundColor;
    }
    throw new Error('the frame stands on nothing');
  }) : '';
  await frame.evaluate((c) => { document.documentElement.style.backgroundColor = c; }, colour);
}
