/**
 * From the start of the packed application to a page that answers, once with nothing and once with the project of last time; then, with all
 * of CIFAR-10 open, from a click on a place until it is on the screen, and what the window's memory holds after round upon round of this.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packedExecutable } from '../../scripts/dist.mjs';
import { SetupError, say } from '../../scripts/setup/terminal.mjs';
import { call, cifarFolder, launch, sessionOf } from '../app/harness';
import { startPacked } from '../app/packed';
import { DataPage } from '../app/pages/data-page';
import { until } from '../app/until';
import { type Click, noteClicks, report } from './figures';

/** Starts that count, after one that fills the system's caches. */
const STARTS = 5;
const ROUNDS = 20;
/** Rounds after which everything has been drawn once. */
const SETTLED = 2;
const PLACES = ['data', 'network', 'train', 'understand', 'try'] as const;
/** What is promised of the median start and of any change of place, milliseconds. */
const START = 2500;
const CHANGE = 100;

/** Milliseconds from the start of the process until its page has its session and answers, and until it shows what comes from the engine. */
async function starts(home: string, shown: string, prepare?: (page: Page) => Promise<void>): Promise<{ ready: number[]; filled: number[] }> {
  const ready: number[] = [];
  const filled: number[] = [];
  for (let i = 0; i <= STARTS; i++) {
    const began = performance.now();
    const packed = await startPacked(packedExecutable(), home);
    await packed.page.locator('[data-testid="frame"].ready').waitFor();
    ready.push(performance.now() - began);
    if (i === 0) await prepare?.(packed.page);
    await packed.page.locator(shown).waitFor();
    filled.push(performance.now() - began);
    await packed.quit();
  }
  return { ready: ready.slice(1), filled: filled.slice(1) };
}

/** Bytes on the page's heap once what is not needed has gone. */
async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

async function changes(): Promise<{ seen: number[]; handled: number[]; heaps: number[] }> {
  const running = await launch();
  const { page } = running;
  try {
    const data = new DataPage(page);
    const folder = cifarFolder();
    await call(page, 'data:open', { source: folder ? { kind: 'path', path: folder } : { kind: 'sample' } });
    await page.reload();
    await data.picturesShown();
    await call(page, 'train:start', { weights: 'auto', recipe: { alpha: 0.35, limit: 2000, phases: [{ name: 'frozen', epochs: 1 }] } });
    await until(async () => (await sessionOf(page)).status === 'finished', 'the training to end');
    await noteClicks(page);
    const clicks = (): Promise<Click[]> => page.evaluate(() => Reflect.get(globalThis, 'clicks') as Click[]);
    const heaps: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const place of PLACES) {
        const before = (await clicks()).length;
        await data.go(place);
        await until(async () => (await clicks()).length > before, `${place} to be seen`);
      }
      heaps.push(await heap(page));
    }
    const noted = (await clicks()).slice(SETTLED * PLACES.length);
    return { seen: noted.map(({ seen }) => seen), handled: noted.map(({ handled }) => handled), heaps };
  } finally {
    await running.close();
  }
}

export default async function bench(): Promise<void> {
  if (!existsSync(packedExecutable())) throw new SetupError('There is no packed application to start. Run: npm run dist -- --dir');
  const home = mkdtempSync(join(tmpdir(), 'tsugiki-start-'));
  try {
    const empty = await starts(home, '[data-testid="door-sample"]');
    const reopened = await starts(home, '[data-testid="picture-grid"]:not([data-pages="0"])', (page) => new DataPage(page).openSample());
    const { seen, handled, heaps } = await changes();
    report([
      { what: 'start of the packed application to a page that answers', promised: START, waits: empty.ready },
      { what: 'the same, with the project of last time', promised: START, waits: reopened.ready },
      { what: '  until its pictures are there, too', promised: null, waits: reopened.filled },
      { what: 'click on a place until it is on the screen', promised: CHANGE, waits: seen },
      { what: '  of it: the handlers, page drawn anew', promised: CHANGE, waits: handled }
    ]);
    const mebibytes = (bytes = 0): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    say(`The page's heap after ${SETTLED} rounds through all places: ${mebibytes(heaps[SETTLED - 1])}; after ${ROUNDS}: ${mebibytes(heaps.at(-1))}.`);
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
