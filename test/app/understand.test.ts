/** From a model to its mistakes, from a mistake to its pictures, from a picture put right to a better model: in the real window. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput, Understanding } from '../../electron/contract';
import { madeAlbum } from './albums';
import { dropPaths } from './drop';
import { type Running, answerDialogs, call, launch, sessionOf } from './harness';
import { UnderstandPage } from './pages/understand-page';
import { madePicture, png } from './pictures';
import { barriers, bringAxe } from './readable';
import { until } from './until';

const QUICK: CallInput<'train:start'>['recipe'] = { alpha: 0.35, inputSize: 64, scale: '-1..1', limit: 800, head: [], phases: [{ name: 'frozen', epochs: 3 }] };
/** A person's patience from a wrong cell to a model that trains on what was put right. */
const MOST_CLICKS = 4;
/** For what the engine has to answer first. */
const PATIENT = { timeout: 30_000 };

describe('understanding a model', () => {
  let running: Running;
  let page: Page;
  let window: UnderstandPage;
  let report: Understanding;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    window = new UnderstandPage(page);
    await bringAxe(page);
    await window.openSample();
    await call(page, 'train:start', { weights: 'auto', recipe: QUICK });
    await until(async () => (await sessionOf(page)).status === 'finished', 'the training to end');
  });
  afterAll(() => running.close());

  const press = (key: string): Promise<void> => page.keyboard.press(key);
  const classOf = async (id: number): Promise<number | undefined> =>
    (await call(page, 'data:thumbnails', { query: { part: 'all', class: null, text: '', only: [id] }, offset: 0, count: 1 })).pictures[0]?.class;
  const unknown = async (): Promise<boolean> => (await call(page, 'classify:picture', { bytes: new Uint8Array(png(madePicture(3))), name: 'made.png' })).unknown;
  /** Off the diagonal, the fullest cell. */
  const worstCell = async () => (await window.cells()).filter(({ label, predicted }) => label !== predicted).sort((a, b) => b.count - a.count)[0]!;

  it('begins by itself when the page opens', async () => {
    await window.go('understand');
    await window.measured();
    report = await call(page, 'understand:evaluate', { set: 'test' });
    expect(Number(await window.at('report-figures').getAttribute('data-accuracy'))).toBeCloseTo(report.accuracy, 6);
    expect(Number(await window.at('report-figures').getAttribute('data-count'))).toBe(report.count);
    expect(report.accuracy).toBeCloseTo((await sessionOf(page)).testAccuracy ?? -1, 5);
  });

  it('shows which classes are confused, as a table that arrows lead through', async () => {
    await window.open('mistakes');
    const cells = await window.cells();
    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(report.count);
    for (const { label, predicted, count } of cells) expect(count).toBe(report.confusion[label * report.classNames.length + predicted]);
    expect(await window.at('confusion').locator('thead th[scope="col"]').count()).toBe(report.classNames.length);
    expect(await window.at('confusion').locator('[tabindex="0"]').count(), 'one stop for the Tab key').toBe(1);
    await window.at('confusion').locator('[tabindex="0"]').focus();
    const first = await window.focusedCell();
    await press('End');
    const last = await window.focusedCell();
    expect(last).not.toBe(first);
    await press('Home');
    expect(await window.focusedCell()).toBe(first);
    await running.shot('understand-mistakes');
  });

  it('leads from a wrong cell to a training on the corrected pictures in four clicks', async () => {
    const { runId } = await sessionOf(page);
    const cell = await worstCell();
    const name = report.classNames[cell.predicted];
    let clicks = 0;
    const counted = (click: () => Promise<void>): Promise<void> => {
      clicks++;
      return click();
    };
    await counted(() => window.cell(cell).click());
    await window.picturesShown();
    await expect.poll(() => window.numberIn('chosen-count')).toBe(cell.count);
    // The first is the one that the model is surest of.
    const wrong = [...report.pictures.id.keys()].filter((at) => report.pictures.label[at] === cell.label && report.pictures.predicted[at] === cell.predicted);
    const surest = wrong.reduce((a, b) => (report.pictures.probability[a]! >= report.pictures.probability[b]! ? a : b));
    const id = report.pictures.id[surest]!;
    await counted(() => window.click(0));
    await expect.poll(() => window.selected()).toBe(1);
    await running.shot('understand-cell');
    await counted(() => window.at('selection-suggested').click());
    const classId = (await sessionOf(page)).data?.project?.classes.find((one) => one.name === name)?.id;
    await expect.poll(() => classOf(id)).toBe(classId);
    await counted(() => window.at('train-again').click());
    expect(clicks).toBe(MOST_CLICKS);
    await until(async () => {
      const now = await sessionOf(page);
      return now.status === 'finished' && now.runId !== runId;
    }, 'the training on the corrected pictures to end');
    await window.go('understand');
    await window.measured();
    const after = await call(page, 'understand:evaluate', { set: 'test' });
    expect(after.revision).toBeGreaterThan(report.revision);
    expect(after.pictures.label[[...after.pictures.id].indexOf(id)]).toBe(cell.predicted);
    // The cell is still open: what both models say of its pictures, by the classes that they have now.
    const judged = [...report.pictures.id].map((one, at) => ({ said: report.pictures.predicted[at], label: after.pictures.label[[...after.pictures.id].indexOf(one)] }));
    const share = `${((100 * judged.filter(({ said, label }) => said === label).length) / judged.length).toFixed(1)}%`;
    const mistakes = judged.filter(({ said, label }) => label === cell.label && said === cell.predicted).length;
    const told = await window.at('retrained').textContent();
    expect(told).toContain(`The run before named ${share} of these pictures rightly, this one ${(100 * after.accuracy).toFixed(1)}%`);
    expect(told).toContain(`${report.classNames[cell.label]} taken for ${name}: ${mistakes} → ${after.confusion[cell.label * report.classNames.length + cell.predicted]}.`);
    await running.shot('understand-retrained');
    report = after;
  });

  it('opens the pictures by keyboard, changes one, and takes it back', async () => {
    await window.open('mistakes');
    if ((await window.at('chosen-back').count()) > 0) await window.at('chosen-back').click();
    const cell = await worstCell();
    await window.cell(cell).focus();
    await press('Enter');
    await window.picturesShown();
    await window.at('picture-grid').focus();
    await window.change(() => press('e'));
    expect(await window.numberIn('chosen-count')).toBe(cell.count - 1);
    await window.change(() => press('Control+z'));
    expect(await window.numberIn('chosen-count')).toBe(cell.count);
    await press('Escape');
    await window.at('confusion').waitFor();
    expect(await window.focusedCell()).toBe(`cell-${cell.label}-${cell.predicted}`);
  });

  it('shows the most confident mistakes one by one, and why', async () => {
    await window.at('rank-confident').click();
    await window.picturesShown();
    await window.at('picture-grid').focus();
    await press('Home');
    await press('Enter');
    const wrong = [...report.pictures.id.keys()].filter((at) => report.pictures.label[at] !== report.pictures.predicted[at]).sort((a, b) => report.pictures.probability[b]! - report.pictures.probability[a]!);
    const view = window.at('answer-view');
    await expect.poll(() => view.getAttribute('data-id')).toBe(String(report.pictures.id[wrong[0]!]));
    expect(await window.at('answer-given').textContent()).toContain(report.classNames[report.pictures.label[wrong[0]!]!]);
    expect(await window.at('answer-predicted').textContent()).toContain(report.classNames[report.pictures.predicted[wrong[0]!]!]);
    await expect.poll(() => window.at('heatmap').getAttribute('data-layer'), PATIENT).toBeTruthy();
    await page.locator('[data-testid="neighbours"][data-count="8"]').waitFor(PATIENT);
    expect(await barriers(window)).toEqual([]);
    await running.shot('understand-answer');
    await view.focus();
    await press('ArrowRight');
    await expect.poll(() => view.getAttribute('data-id')).toBe(String(report.pictures.id[wrong[1]!]));
    await window.change(() => press('e'));
    await expect.poll(() => view.getAttribute('data-id')).toBe(String(report.pictures.id[wrong[2]!]));
    await press('Escape');
    await view.waitFor({ state: 'detached' });
    await window.change(() => window.at('undo').click());
  });

  it('gives each class its figures, in an order of choice, and a curve', async () => {
    await window.open('classes');
    const f1 = (): Promise<number[]> => window.at('class-scores').locator('tbody td[data-score="f1"]').evaluateAll((cells) => cells.map((cell) => Number(cell.textContent)));
    const weakestFirst = await f1();
    expect(weakestFirst).toEqual([...weakestFirst].sort((a, b) => a - b));
    await window.at('sort-f1').click();
    expect(await f1()).toEqual([...weakestFirst].reverse());
    expect(await window.at('class-scores').locator('th[aria-sort="descending"]').count()).toBe(1);
    const at = report.classNames.length - 1;
    expect(await window.at(`score-${at}`).locator('[data-score="support"]').textContent()).toBe(String(report.classes[at]?.support));
    await window.at(`score-choose-${at}`).click();
    await expect.poll(async () => Number(await window.at('class-curve').getAttribute('data-points'))).toBeGreaterThan(2);
    await window.at('curve-roc').click();
    await expect.poll(() => window.at('class-curve').textContent()).toContain(report.classes[at]?.rocAuc?.toFixed(3));
  });

  it('scales the certainty by a temperature, before and after in sight, and back', async () => {
    await window.open('confidence');
    const error = (which: string): Promise<number> => window.at(`reliability-${which}`).getAttribute('data-error').then(Number);
    expect(await error('now')).toBeCloseTo(report.calibration.expectedCalibrationError, 6);
    const promised = await error('then');
    await window.at('temperature-use').click();
    await window.measured();
    await expect.poll(() => error('now'), PATIENT).toBeCloseTo(promised, 6);
    await window.at('temperature-reset').click();
    await expect.poll(() => error('now'), PATIENT).toBeCloseTo(report.calibration.expectedCalibrationError, 6);
    await window.measured();
  });

  it('sets a threshold by keyboard that the next answers keep to', async () => {
    expect(await unknown()).toBe(false);
    await window.at('threshold-slider').focus();
    await press('End');
    await expect.poll(() => window.at('threshold').getAttribute('data-value'), PATIENT).toBe('1');
    expect(await unknown()).toBe(true);
    await press('Home');
    for (let i = 0; i < 35; i++) await press('ArrowRight');
    const set = 0.35;
    await expect.poll(() => window.at('threshold').getAttribute('data-value'), PATIENT).toBe(String(set));
    expect((await call(page, 'understand:evaluate', { set: 'test' })).settings.threshold).toBe(set);
    const point = report.thresholds.reduce((a, b) => (Math.abs(a.threshold - set) <= Math.abs(b.threshold - set) ? a : b));
    expect(await window.at('threshold-cost').textContent()).toContain(`${(100 * point.answered).toFixed(1)}%`);
    await running.shot('understand-confidence');
    await window.at('threshold-none').click();
    await expect.poll(() => window.at('threshold').getAttribute('data-value'), PATIENT).toBe('');
    expect(await unknown()).toBe(false);
  });

  it('lays the pictures out on a map, by mouse and by keyboard', async () => {
    await page.evaluate(() => {
      const seen: string[] = [];
      Reflect.set(globalThis, 'seenOfMap', seen);
      new MutationObserver(() => {
        const method = document.querySelector<HTMLElement>('[data-testid="map"]')?.dataset['method'];
        const now = method && `${method}${document.querySelector('[data-testid="map-waiting"]') ? ', waiting' : ''}`;
        if (now && now !== seen.at(-1)) seen.push(now);
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    await window.open('map');
    const map = window.at('map');
    await page.locator('[data-testid="map"][data-method="umap"]').waitFor({ timeout: 60_000 });
    // PCA as soon as the features are there, and UMAP without a click.
    const seen = await page.evaluate(() => Reflect.get(globalThis, 'seenOfMap') as string[]);
    expect(seen.filter((one) => one !== 'pca')).toEqual(['pca, waiting', 'umap']);
    const total = Number(await map.getAttribute('data-count'));
    expect(total).toBeGreaterThan(10);
    await expect.poll(async () => Number(await map.getAttribute('data-thumbnails')), PATIENT).toBe(total);
    await running.shot('understand-map');
    await map.focus();
    const first = await map.getAttribute('data-focus');
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp']) await press(key);
    expect(await window.at('map-focus').textContent()).not.toBe('');
    await press('ArrowRight');
    const second = await map.getAttribute('data-focus');
    expect(second).not.toBe(first);
    await press('+');
    await expect.poll(() => map.getAttribute('data-zoom')).toBe('1.50');
    await press('0');
    await window.at('map-pca').click();
    const box = (await map.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -300);
    await expect.poll(async () => Number(await map.getAttribute('data-zoom'))).toBeGreaterThan(1);
    expect(await map.getAttribute('data-method')).toBe('pca');
    await window.at('map-by-right').click();
    await running.shot('understand-map-pca');
    await expect.poll(() => (JSON.parse(readFileSync(join(running.userData, 'preferences.json'), 'utf8')) as { map: string }).map).toBe('pca');
    await map.focus();
    const at = await map.getAttribute('data-focus');
    await press('Enter');
    await expect.poll(() => window.at('answer-view').getAttribute('data-id'), PATIENT).toBe(at);
    await press('Escape');
    await map.waitFor();
  });

  it('asks the model about a test set of one’s own, which is looked at only', async () => {
    const folder = madeAlbum(24, 1, [...report.classNames.slice(0, 3), 'never heard of']);
    await answerDialogs(running.app, folder);
    await window.open('mistakes');
    await window.at('set-own-choose').click();
    await window.at('menu-own-folder').click();
    await window.measured('own');
    const own = await call(page, 'understand:evaluate', { set: 'own' });
    expect([own.count, own.unknown]).toEqual([18, 6]);
    const cells = await window.cells();
    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(18);
    const [cell] = cells;
    await window.cell(cell!).click();
    await window.picturesShown();
    await window.click(0);
    expect(await window.at('selection-bar').count()).toBe(0);
    const { revision } = (await sessionOf(page)).data?.project ?? {};
    await window.at('picture-grid').focus();
    await press('Delete');
    expect((await sessionOf(page)).data?.project?.revision).toBe(revision);
    await press('Enter');
    await window.at('answer-view').waitFor();
    await expect.poll(() => window.at('heatmap').getAttribute('data-layer'), PATIENT).toBeTruthy();
    await press('Escape');
    await window.at('set-test').click();
    await window.measured('test');
    await dropPaths(page, [madeAlbum(6, 1, report.classNames.slice(0, 2))]);
    await window.measured('own');
    expect((await call(page, 'understand:evaluate', { set: 'own' })).count, 'what was dropped').toBe(6);
    await window.at('set-test').click();
    await window.measured('test');
    await answerDialogs(running.app, join(folder, 'nothing here'));
    await window.at('set-own-choose').click();
    await window.at('menu-own-folder').click();
    await window.toasts.filter({ hasText: 'nothing here' }).waitFor();
    expect(await window.at('understand-page').getAttribute('data-set')).toBe('test');
  });

  it('goes back to the run before, and forward again', async () => {
    const { runId } = await sessionOf(page);
    const before = await window.at('run-picker').locator('option').last().getAttribute('value');
    expect(before).not.toBe(runId);
    await window.at('run-picker').selectOption(before);
    await expect.poll(async () => (await sessionOf(page)).runId, PATIENT).toBe(before);
    await window.measured();
    await window.at('run-picker').selectOption(runId);
    await expect.poll(async () => (await sessionOf(page)).runId, PATIENT).toBe(runId);
    await window.measured();
    while ((await window.toasts.count()) > 0) await window.toasts.first().getByRole('button').last().click();
  });

  it('has not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});

describe('a hundred classes', () => {
  it('are a table that can be walked through', async () => {
    const running = await launch();
    const { page } = running;
    const window = new UnderstandPage(page);
    const names = Array.from({ length: 100 }, (_, i) => `class ${String(i).padStart(2, '0')}`);
    await call(page, 'data:open', { source: { kind: 'path', path: madeAlbum(800, 1, names) } });
    await call(page, 'data:edit', { edit: { kind: 'set_splits', splits: { order: 'shuffled', seed: 0, testShare: 0.5 } } });
    await page.reload();
    await page.locator('[data-testid="frame"].ready').waitFor();
    await call(page, 'train:start', { weights: 'random', recipe: { alpha: 0.35, inputSize: 32, head: [], limit: 400, phases: [{ name: 'frozen', epochs: 1 }] } });
    await until(async () => (await sessionOf(page)).status === 'finished', 'the training to end');
    await window.go('understand');
    await window.measured();
    await window.open('mistakes');
    const cells = await window.cells();
    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(400);
    expect(await window.at('confusion').locator('tbody tr').count()).toBe(100);
    await window.at('confusion').locator('[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    expect(await window.focusedCell()).toMatch(/^cell-/);
    await running.shot('understand-hundred');
    expect(running.complaints).toEqual([]);
    await running.close();
  });
});
