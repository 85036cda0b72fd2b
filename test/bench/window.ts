/**
 * The window's speed, measured by its own clock: from the drop of a picture to its five classes on the page, and from the mouse
 * to the end of the click's handlers while a network trains. Prints a table, then the same as JSON.
 */
import type { Page } from 'playwright-core';
import { call, cifarFolder, launch, sessionOf } from '../app/harness';
import { TryPage } from '../app/pages/try-page';
import { WindowPage } from '../app/pages/window-page';
import { cifarPicture, madePicture, png } from '../app/pictures';
import { until } from '../app/until';
import { type Click, noteClicks, report } from './figures';

const DROPS = 40;
const CLICKS = 200;
const DROPS_WHILE_TRAINING = 20;

/** Drops pictures one after the other and takes the window's own time from each drop to its answer on the page. */
async function drops(page: TryPage, count: number, picture: (index: number) => Uint8Array): Promise<number[]> {
  await page.open();
  const waits: number[] = [];
  for (let i = 0; i < count; i++) waits.push((await page.drop(png(picture(i)), `picture ${i}.png`)).elapsed);
  return waits;
}

/** Frames of the train page while it draws the curves, milliseconds each. */
const frames = (page: Page, count: number): Promise<number[]> =>
  page.evaluate(
    (wanted) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const tick = (now: number): void => {
          times.push(now);
          if (times.length <= wanted) requestAnimationFrame(tick);
          else resolve(times.slice(1).map((time, i) => time - (times[i] ?? time)));
        };
        requestAnimationFrame(tick);
      }),
    count
  );

export default async function bench(): Promise<void> {
  const folder = cifarFolder();
  const picture = folder ? (index: number) => cifarPicture(folder, index) : madePicture;
  const running = await launch();
  const { page } = running;
  try {
    await call(page, 'data:open', { source: folder ? { kind: 'path', path: folder } : { kind: 'sample' } });
    // The window hears of data opened behind its back when it is loaded again.
    await page.reload();
    const { weights } = await call(page, 'network:describe', { alpha: 1, inputSize: 32, classes: 10, head: [] });
    const start = { weights: weights === 'random' ? 'random' : 'auto' };
    const frozen = { name: 'frozen', epochs: 1 };

    await call(page, 'train:start', { ...start, recipe: { limit: 2000, phases: [frozen] } });
    await until(async () => (await sessionOf(page)).status === 'finished', 'the first training to end');
    const tryPage = new TryPage(page);
    const [first = NaN, ...warm] = await drops(tryPage, 1 + DROPS, picture);

    // The whole network learns: as much work for the machine as there can be.
    const whole = { name: 'fine_tune', trainableFrom: 'all', epochs: 1000, optimizer: { name: 'adam' as const, learningRate: 0.00001 } };
    await call(page, 'train:start', { ...start, recipe: { limit: 5000, phases: [whole] } });
    await until(async () => (await sessionOf(page)).step !== null, 'the first step');
    const window = new WindowPage(page);
    await window.go('train');
    const drawn = await frames(page, 300);
    await noteClicks(page);
    const targets = ['nav-data', 'nav-network', 'phase-0', 'phase-1', 'nav-train', 'nav-understand', 'nav-try', 'keys', 'keys'];
    for (let i = 0; i < CLICKS; i++) await window.at(targets[i % targets.length] ?? '').click();
    await until(() => page.evaluate((count) => (Reflect.get(globalThis, 'clicks') as Click[]).length >= count, CLICKS), 'the last click to be seen');
    const clicks = await page.evaluate(() => Reflect.get(globalThis, 'clicks') as Click[]);
    const busy = await drops(tryPage, DROPS_WHILE_TRAINING, picture);
    const { status } = await sessionOf(page);
    if (status !== 'running') throw new Error(`The training was to go on all the time, but is ${status}.`);
    await call(page, 'train:stop', undefined);

    report([
      { what: 'drop of a picture to its five classes, warm', promised: 100, waits: warm },
      { what: 'the same, first picture of a model', promised: null, waits: [first] },
      { what: 'the same, while the whole network trains', promised: null, waits: busy },
      { what: 'mouse to end of click handlers, while it trains', promised: 50, waits: clicks.map(({ queued, handled }) => queued + handled) },
      { what: '  of it: waiting for the first handler', promised: null, waits: clicks.map(({ queued }) => queued) },
      { what: '  of it: the handlers, page drawn anew', promised: null, waits: clicks.map(({ handled }) => handled) },
      { what: 'mouse to the change on the screen, while it trains', promised: null, waits: clicks.map(({ seen }) => seen) },
      { what: 'frame of the train page, while it trains', promised: null, waits: drawn }
    ]);
  } finally {
    await running.close();
  }
}
