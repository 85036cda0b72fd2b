/** The trained model tried: on one picture, on a folder with bad files, through the camera; and put right where it is wrong. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classification } from '../../electron/contract';
import { newFolder } from './albums';
import { dropPaths } from './drop';
import { answerDialogs, answerSaving, call, launch, type Running, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { TryPage } from './pages/try-page';
import { madePicture, png } from './pictures';
import { barriers, bringAxe, cutOff } from './readable';
import { until } from './until';

const CAMERA = ['--use-fake-device-for-media-stream=fps=60', '--use-fake-ui-for-media-stream'];
const GOOD = 40;
const JAPANESE = '猫, "たま".png';

/** Pictures in two folders, one with a name that CSV has to quote, and files that are none or are damaged. */
function mixed(): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'below'));
  for (let i = 0; i < GOOD - 1; i++) writeFileSync(join(folder, i % 4 === 0 ? 'below' : '', `${i}.png`), png(madePicture(i)));
  writeFileSync(join(folder, JAPANESE), png(madePicture(77)));
  writeFileSync(join(folder, 'torn.png'), png(madePicture(3)).subarray(0, 60));
  writeFileSync(join(folder, 'empty.jpg'), '');
  writeFileSync(join(folder, 'notes.txt'), 'no picture');
  return folder;
}

/** Rows of a CSV by RFC 4180: quotes doubled in quotes. */
const cellsOf = (line: string): string[] => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replace(/""/g, '"') ?? plain ?? '');

/** Pictures of each class, as main knows them. */
async function counts(page: Page): Promise<Record<string, number>> {
  const { data } = await sessionOf(page);
  return Object.fromEntries((data?.project?.classes ?? []).map((one) => [one.name, one.train + one.validation + one.test + one.excluded]));
}

describe('trying', () => {
  let running: Running;
  let page: Page;
  let trying: TryPage;
  const folder = mixed();
  /** What the model says of each file alone, by its name. */
  const alone = new Map<string, Classification>();

  beforeAll(async () => {
    running = await launch({ args: CAMERA });
    page = running.page;
    trying = new TryPage(page);
    await new DataPage(page).openSample();
    await call(page, 'train:start', { weights: 'auto', recipe: { alpha: 0.35, inputSize: 96, limit: 240, phases: [{ name: 'frozen', epochs: 2 }] } });
    await until(async () => (await sessionOf(page)).status === 'finished', 'the training to end');
    await trying.open();
    await bringAxe(page);
  });
  afterAll(() => running.close());

  const told = () => expect.poll(() => trying.toasts.allTextContents().then((texts) => texts.join(' ')), { timeout: 30_000 });
  const rows = () => page.getByTestId('answer-row');
  const table = async (): Promise<void> => page.locator(`[data-testid="answers"][data-rows="${GOOD + 2}"]`).waitFor({ timeout: 60_000 });

  it('begins with a place to drop, and says what else there is', async () => {
    await trying.at('drop-picture').waitFor();
    expect(await barriers(trying)).toEqual([]);
    await running.shot('try-start');
  });

  it('names one picture, large, and says why', async () => {
    const { top } = await trying.drop(png(madePicture(1)), 'one.png');
    expect(top).toHaveLength(5);
    await trying.at('explain').click();
    await page.locator('[data-testid="heatmap"][data-layer]').waitFor({ timeout: 60_000 });
    expect(await barriers(trying)).toEqual([]);
    await running.shot('try-one');
    await trying.at('explain').click();
  });

  it('makes a table of a folder, with a row for what cannot be read', async () => {
    await dropPaths(page, [folder]);
    await table();
    expect(await trying.numberIn('kind-all')).toBe(GOOD + 2);
    expect(await trying.numberIn('kind-unread')).toBe(2);
    await trying.at('kind-unread').click();
    await expect.poll(() => rows().evaluateAll((all) => all.map((row) => `${(row as HTMLElement).dataset['file']}: ${row.textContent}`.replace(/\s+/g, ' ')))).toEqual([
      expect.stringMatching(/^empty\.jpg: .*cannot be read/), expect.stringMatching(/^torn\.png: .*damaged or cut off/)
    ]);
    await trying.at('kind-all').click();
    expect(await barriers(trying)).toEqual([]);
    await running.shot('try-table');
  });

  it('saves the table as a CSV that says what the model says of each picture alone', async () => {
    const path = join(newFolder(), 'answers.csv');
    await answerSaving(running.app, path);
    await trying.at('answers-csv').click();
    await told().toContain(`The table is saved in ${path}.`);
    const bytes = readFileSync(path);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [heading = '', ...lines] = bytes.toString('utf8').slice(1).trimEnd().split('\r\n');
    expect(heading.split(',').slice(0, 4)).toEqual(['file', 'answer', 'class_1', 'probability_1']);
    expect(lines).toHaveLength(GOOD + 2);
    for (const [file = '', answer, first, probability, second] of lines.map(cellsOf)) {
      if (['torn.png', 'empty.jpg'].includes(file)) {
        expect([answer, first, probability]).toEqual(['', '', '']);
        continue;
      }
      const one = await page.evaluate(
        async (values) => ((await (Reflect.get(window, 'tsugiki') as { call(n: string, i: unknown): Promise<{ value: Classification }> }).call('classify:picture', { bytes: new Uint8Array(values), name: 'x' })).value),
        [...readFileSync(join(folder, file))]
      );
      alone.set(basename(file), one);
      expect([answer, first, second]).toEqual([one.top[0]?.label, one.top[0]?.label, one.top[1]?.label]);
      expect(Number(probability)).toBeCloseTo(one.top[0]?.probability ?? NaN, 5);
    }
    expect(alone.has(JAPANESE)).toBe(true);
  });

  it('sorts by what is asked for, and shows one class alone', async () => {
    const files = (): Promise<string[]> => rows().evaluateAll((all) => all.sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex'))).map((row) => (row as HTMLElement).dataset['file'] ?? ''));
    await trying.at('sort-probability').click();
    const sure = [...alone].sort(([, a], [, b]) => (b.top[0]?.probability ?? 0) - (a.top[0]?.probability ?? 0)).map(([file]) => file);
    await expect.poll(async () => basename((await files())[0] ?? '')).toBe(sure[0]);
    await trying.at('sort-probability').click();
    await expect.poll(async () => basename((await files())[0] ?? '')).toBe(sure.at(-1));
    await trying.at('sort-file').click();
    await expect.poll(async () => (await files()).slice(0, 3)).toEqual(['1.png', '2.png', '3.png']);
    const [named = ''] = [...alone.values()].map(({ top }) => top[0]?.label ?? '');
    const of = [...alone.values()].filter(({ top }) => top[0]?.label === named).length;
    const kind = page.locator('[data-testid^="kind-"]', { hasText: named });
    expect(await kind.getAttribute('data-value')).toBe(String(of));
    await kind.click();
    await page.locator(`[data-testid="answers"][data-rows="${of}"]`).waitFor();
    await trying.at('kind-all').click();
  });

  it('opens a row by keyboard, leafs through, and comes back to it', async () => {
    await trying.at('answers').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="answer"][data-name="2.png"][data-elapsed]').waitFor();
    const top = await trying.at('top-five').locator('li').first().getAttribute('data-probability');
    expect(Number(top)).toBeCloseTo(alone.get('2.png')?.top[0]?.probability ?? NaN, 6);
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-testid="answer"][data-name="3.png"][data-elapsed]').waitFor();
    await page.keyboard.press('Escape');
    await table();
    await page.locator('[data-testid="answers"]:focus').waitFor();
    expect(await trying.at('answers').getAttribute('aria-activedescendant')).toBe('answer-2');
  });

  it('copies the pictures into a folder a class, and leaves them where they are', async () => {
    const to = newFolder();
    await answerDialogs(running.app, to);
    await trying.at('answers-sort').click();
    const sorted = join(to, `${basename(folder)}-sorted`);
    await told().toContain(`${GOOD} pictures copied into ${sorted}; 2 pictures could not be read.`);
    const copies = readdirSync(sorted).flatMap((name) => readdirSync(join(sorted, name)).map((file) => [file, name] as const));
    expect(Object.fromEntries(copies)).toEqual(Object.fromEntries([...alone].map(([file, { top }]) => [file, top[0]?.label])));
    expect(readdirSync(folder)).toContain('1.png');
    for (const [file, name] of copies.filter(([one]) => one === JAPANESE)) expect(readFileSync(join(sorted, name, file))).toEqual(readFileSync(join(folder, file)));
  });

  it('takes corrected rows into the data set, with a way back and a way on', async () => {
    const before = await counts(page);
    await trying.at('answers').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    await expect.poll(() => trying.numberIn('answers-selected-count')).toBe(2);
    await trying.at('answers-correct').click();
    await trying.at('answers-correct-text').fill('new kind');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await counts(page))['new kind']).toBe(2);
    await expect.poll(() => trying.numberIn('learn-again')).toBe(2);
    await expect.poll(() => rows().filter({ hasText: 'new kind' }).count()).toBe(2);
    expect(await barriers(trying)).toEqual([]);
    await running.shot('try-corrected');
    await trying.toasts.getByRole('button', { name: 'Undo' }).first().click();
    await expect.poll(() => counts(page)).toEqual(before);
    await trying.at('learn-again').waitFor({ state: 'detached' });
    expect(await rows().filter({ hasText: 'new kind' }).count()).toBe(0);
  });

  it('takes a corrected picture without a file into the data set, and trains again', async () => {
    const name = (await sessionOf(page)).data?.project?.classes[0]?.name ?? '';
    const before = (await counts(page))[name] ?? 0;
    await page.evaluate((bytes) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, [...png(madePicture(300))]);
    await page.locator('[data-testid="answer"][data-name="image.png"][data-elapsed]').waitFor();
    await trying.at('correct').click();
    await trying.at('correct-text').fill(name);
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await counts(page))[name]).toBe(before + 1);
    expect(await trying.at('said').textContent()).toBe(`You say: ${name}`);
    expect(await trying.numberIn('learn-again')).toBe(1);

    // It is in the project now: another word moves it.
    const added = await counts(page);
    const [other = ''] = Object.keys(added).filter((one) => one !== name);
    const correct = async (to: string): Promise<void> => {
      await trying.at('correct').click();
      await trying.at('correct-text').fill(to);
      await page.keyboard.press('Enter');
    };
    await correct(other);
    await expect.poll(() => counts(page)).toEqual({ ...added, [name]: before, [other]: added[other]! + 1 });
    await told().toContain(`Moved 1 picture to ${other}`);
    expect(await trying.at('said').textContent()).toBe(`You say: ${other}`);
    expect(await trying.numberIn('learn-again')).toBe(1);
    await trying.toasts.filter({ hasText: `Moved 1 picture to ${other}` }).getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => counts(page)).toEqual(added);
    await expect.poll(() => trying.at('said').textContent()).toBe(`You say: ${name}`);
    const { runId } = await sessionOf(page);
    await trying.at('learn-again-train').click();
    await until(async () => (await sessionOf(page)).runId !== runId && (await sessionOf(page)).status === 'running', 'the training to begin');
    await call(page, 'train:stop', undefined);
    await until(async () => (await sessionOf(page)).status === 'finished', 'the training to stop');
    await trying.open();
    expect(await trying.at('learn-again').count()).toBe(0);
  });

  it('names what the camera sees, at 15 frames a second and more, and lets it go', async () => {
    await trying.at('live-start').click();
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('[data-testid="live"]')?.dataset['frames']) > 90, undefined, { timeout: 60_000 });
    const rate = await trying.numberIn('live-rate');
    console.info(`${rate.toFixed(1)} frames a second`);
    expect(rate).toBeGreaterThanOrEqual(15);
    expect(await trying.at('top-five').locator('li').count()).toBe(5);
    expect(await barriers(trying)).toEqual([]);
    await running.shot('try-live');
    await trying.at('live-freeze').click();
    await page.locator('[data-testid="answer"][data-name="camera.png"][data-elapsed]').waitFor();
    const cameraOn = (): Promise<boolean> => page.evaluate(() => [...document.querySelectorAll('video')].some((video) => video.srcObject !== null));
    expect(await cameraOn()).toBe(false);

    await trying.at('live-start').click();
    await trying.at('live-rate').waitFor();
    expect(await cameraOn()).toBe(true);
    // Held by the test, as the page lets go of its own element.
    const track = await page.evaluateHandle(() => (document.querySelector('video')?.srcObject as MediaStream).getVideoTracks()[0] as MediaStreamTrack);
    await trying.go('network');
    await expect.poll(() => track.evaluate(({ readyState }) => readyState)).toBe('ended');
    await trying.open();
    expect(await trying.at('live').count()).toBe(0);
  });

  for (const locale of ['ja', 'en'] as const) {
    it(`fits into the smallest window and keeps nobody out, in both themes (${locale})`, async () => {
      await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 640));
      await trying.setLanguage(locale);
      await page.waitForFunction((lang) => document.documentElement.lang === lang && innerWidth === 1024, locale);
      for (const theme of ['light', 'dark'] as const) {
        await trying.setTheme(theme);
        const look = async (view: string): Promise<void> => {
          await trying.settled();
          expect(await barriers(trying), `${theme} ${view}`).toEqual([]);
          expect(await cutOff(page), `${theme} ${view}`).toEqual([]);
          await running.shot(`try-${view}-${locale}-${theme}`);
        };
        await table();
        await page.locator('[data-testid="answers"]:not([data-pictures="0"])').waitFor();
        await look('table');
        await trying.drop(png(madePicture(5)), 'five.png');
        await look('one');
        await trying.at('live-start').click();
        await trying.at('live-rate').waitFor({ timeout: 30_000 });
        await look('live');
        await trying.at('live-stop').click();
      }
    });
  }

  it('takes all of several pictures without a file: a table, and from it into the data set', async () => {
    const before = await counts(page);
    const several = [400, 401, 402].map((index) => png(madePicture(index)));
    await trying.dropAll(several, 'image.png');
    await expect.poll(() => trying.numberIn('kind-all')).toBe(several.length);
    await expect.poll(() => rows().evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset['file']))).toEqual(['image-2.png', 'image-3.png', 'image.png']);
    const said = await rows().allTextContents();
    for (const [i, bytes] of [...several.slice(1), several[0]!].entries()) expect(said[i]).toContain((await call(page, 'classify:picture', { bytes: new Uint8Array(bytes), name: 'image.png' })).top[0]?.label);
    await trying.at('answers').focus();
    await page.keyboard.press('Control+a');
    await trying.at('answers-correct').click();
    await trying.at('answers-correct-text').fill('pasted');
    await page.keyboard.press('Enter');
    await expect.poll(() => counts(page)).toEqual({ ...before, pasted: several.length });
    // The project keeps them itself: what was held for the table goes with the app.
    const directory = (await sessionOf(page)).data?.project?.directory ?? '';
    const kept = readdirSync(join(directory, 'pictures', 'pasted')).map((name) => readFileSync(join(directory, 'pictures', 'pasted', name)).toString('base64'));
    expect(kept.sort()).toEqual(several.map((bytes) => bytes.toString('base64')).sort());
    await running.shot('try-several');
    await trying.toasts.getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(() => counts(page)).toEqual(before);
  });

  it('has not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});
