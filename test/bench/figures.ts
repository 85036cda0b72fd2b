/** Figures of the window: clicks by its own clock, and the table of what was measured. */
import { cpus, loadavg } from 'node:os';
import type { Page } from 'playwright-core';
import { table } from '../../scripts/setup/terminal.mjs';

export interface Figure {
  what: string;
  /** What is promised of the 95th percentile, milliseconds; null where nothing is. */
  promised: number | null;
  waits: number[];
}

export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? NaN;

export interface Click {
  /** From the mouse to the first handler, and from there to the end of the last. */
  queued: number;
  handled: number;
  /** From the mouse until what the click changed was on the screen. */
  seen: number;
}

/** Notes every click from now on: heard first at the window on the way down, last on the way up. */
export const noteClicks = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const clicks: Click[] = [];
    Reflect.set(window, 'clicks', clicks);
    let began = 0;
    window.addEventListener('click', () => (began = performance.now()), { capture: true });
    window.addEventListener('click', (event) => {
      const click = { queued: began - event.timeStamp, handled: performance.now() - began, seen: NaN };
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          click.seen = performance.now() - event.timeStamp;
          clicks.push(click);
        };
        port2.postMessage(null);
      });
    });
  });

export function report(figures: readonly Figure[]): void {
  const rows = figures.map(({ what, promised, waits }) => ({
    what, times: waits.length, median: quantile(waits, 0.5), p95: quantile(waits, 0.95), max: Math.max(...waits), promised
  }));
  const ms = (value: number | null): string => (value === null ? '' : value.toFixed(1));
  console.log(`Milliseconds, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, load ${loadavg()[0]?.toFixed(1)}\n`);
  table([
    ['', 'times', 'median', '95th', 'largest', 'promised (95th)'],
    ...rows.map((row) => [row.what, String(row.times), ms(row.median), ms(row.p95), ms(row.max), ms(row.promised)])
  ]);
  console.log(`\n${JSON.stringify({ cpus: cpus().length, processor: cpus()[0]?.model, figures: rows })}`);
  if (rows.some(({ promised, p95 }) => promised !== null && p95 > promised)) process.exitCode = 1;
}
