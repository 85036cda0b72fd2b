/** Runs: trained, called, noted, compared, deleted, taken back, gone back to; and all of it there when the app is started again. */
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { CallInput, RunCard } from '../../electron/contract';
import { type Running, call, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { TrainPage } from './pages/train-page';
import { TryPage } from './pages/try-page';
import { madePicture, png } from './pictures';
import { barriers, bringAxe, cutOff } from './readable';

const LONG = 240_000;
const recipe = (learningRate: number, epochs = 1): CallInput<'train:start'>['recipe'] => ({
  alpha: 0.35, inputSize: 32, limit: 600, head: [], phases: [{ name: 'frozen', epochs, optimizer: { name: 'adam', learningRate } }]
});
const planned = (name: string | null, learningRate: number, epochs = 1) => ({ recipe: recipe(learningRate, epochs) as never, weights: 'random', name });

const listed = (page: Page): Promise<RunCard[]> => call(page, 'runs:list', undefined);
const ended = (page: Page, status: string) => expect.poll(async () => { const { status: now, planned: left } = await sessionOf(page); return left === 0 ? now : 'more'; }, { timeout: LONG }).toBe(status);

describe('runs', () => {
  let running: Running;
  let page: Page;
  let train: TrainPage;
  let ids: string[];

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    train = new TrainPage(page);
    await new DataPage(page).openSample();
  });
  afterAll(() => running.close());

  const names = (): Promise<string[]> => page.locator('[data-testid^="run-name-"]').evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));

  it('that were planned are trained one after the other, under their names', async () => {
    await train.open();
    await train.at('view-runs').click();
    await train.at('runs-none').waitFor();
    await running.shot('runs-none');
    await call(page, 'train:start_all', { runs: [planned('slow', 0.0001), planned(null, 0.01, 2)] });
    const first = (await sessionOf(page)).runId;
    expect((await sessionOf(page)).planned).toBe(1);
    await ended(page, 'finished');
    const cards = await listed(page);
    ids = cards.map(({ runId }) => runId);
    expect(cards.map(({ name, epochs, status, model }) => [name, epochs.length, status, model !== null])).toEqual([[null, 2, 'finished', true], ['slow', 1, 'finished', true]]);
    expect(ids[1]).toBe(first);
    await expect.poll(names).toEqual(['', 'slow']);
    // Beside each lies what TensorBoard reads.
    const project = (await sessionOf(page)).data?.project?.directory ?? '';
    expect(readdirSync(join(project, 'runs', ids[0] ?? '', 'tensorboard', 'train'))).toHaveLength(1);
  });

  it('are called and noted where they stand', async () => {
    await train.at('run-name-0').fill('quick');
    await train.at('run-name-0').press('Enter');
    await train.at('run-note-1').fill('the first one');
    await train.at('run-note-1').press('Enter');
    await expect.poll(async () => (await listed(page)).map(({ name, note }) => [name, note])).toEqual([['quick', ''], ['slow', 'the first one']]);
    await train.at('run-name-0').fill('no');
    await train.at('run-name-0').press('Escape');
    expect((await listed(page))[0]?.name).toBe('quick');
  });

  it('are compared in a chart and a table, and the table is saved', async () => {
    await train.at('run-choose-0').check();
    await train.at('run-choose-1').check();
    const table = train.at('runs-table');
    await table.waitFor();
    const columns = await table.locator('thead th').allTextContents();
    expect(columns.slice(0, 3)).toEqual(['Run', 'Epochs', 'Learning rate']);
    const rows = await table.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent?.trim())));
    expect(rows).toEqual([['slow', '1', '0.0001'], ['quick', '2', '0.01']]);
    await train.settled();
    await running.shot('runs-en');

    const file = join(mkdtempSync(join(tmpdir(), 'tsugiki-runs-')), 'runs.csv');
    await running.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    await train.at('runs-csv').click();
    await expect.poll(() => existsSync(file)).toBe(true);
    const [header, ...lines] = readFileSync(file, 'utf8').split('\r\n').filter(Boolean);
    expect(header?.split(',').slice(0, 3)).toEqual(['\ufeffRun', 'Epochs', 'Learning rate']);
    const [newest, oldest] = await listed(page);
    expect(lines.map((line) => line.split(',').slice(0, 4))).toEqual([oldest, newest].map((card) => [
      card?.name, String(card?.epochs.length), String(card?.recipe.phases[0]?.optimizer.learningRate), String(Number(card?.testAccuracy?.toPrecision(9)))
    ]));
  });

  it('are gone back to: curves, recipe and model are that run\'s', async () => {
    await train.at('run-open-1').click();
    await expect.poll(async () => (await sessionOf(page)).runId).toBe(ids[1]);
    const { epochs, model, testAccuracy } = await sessionOf(page);
    const [quick, slow] = await listed(page);
    expect({ epochs, model, testAccuracy }).toEqual({ epochs: slow?.epochs, model: slow?.model, testAccuracy: slow?.testAccuracy });
    const tryPage = new TryPage(page);
    await tryPage.open();
    const before = (await tryPage.drop(png(madePicture(1)), 'made.png')).top.map(({ probability }) => probability);
    await train.open();
    await train.at('view-runs').click();
    await train.at('run-open-0').click();
    await expect.poll(async () => (await sessionOf(page)).runId).toBe(quick?.runId);
    await tryPage.open();
    const after = (await tryPage.drop(png(madePicture(1)), 'made.png')).top.map(({ probability }) => probability);
    expect(after).not.toEqual(before);
  });

  it('are deleted, and taken back', async () => {
    await train.open();
    await train.at('view-runs').click();
    await train.at('run-delete-0').click();
    await expect.poll(async () => (await listed(page)).map(({ name }) => name)).toEqual(['slow']);
    // The window was showing it: it goes to the other one.
    await expect.poll(async () => (await sessionOf(page)).runId).toBe(ids[1]);
    await train.toasts.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(names).toEqual(['quick', 'slow']);
    await expect.poll(async () => (await sessionOf(page)).runId).toBe(ids[0]);
  });

  it('in a row end with the one that is stopped', async () => {
    await call(page, 'train:start_all', { runs: [planned('long', 0.001, 2000), planned('never', 0.001)] });
    await expect.poll(async () => (await sessionOf(page)).epochs.length, { timeout: LONG }).toBeGreaterThan(0);
    expect((await listed(page))[0]).toMatchObject({ name: 'long', status: 'running', resumable: false });
    await expect(call(page, 'runs:open', { runId: ids[0] ?? '' })).rejects.toThrow('A training is under way');
    await expect(call(page, 'runs:delete', { runId: (await listed(page))[0]?.runId ?? '' })).rejects.toThrow('A training is under way');
    await train.stop();
    await ended(page, 'finished');
    expect((await listed(page)).map(({ name }) => name)).toEqual(['long', 'quick', 'slow']);
    expect((await listed(page))[0]).toMatchObject({ status: 'finished', resumable: true });
  });

  it('that are refused leave nothing, and those behind them do not begin', async () => {
    const wrong = { recipe: { ...recipe(0.001), phases: [{ name: 'tail', trainableFrom: 'no_layer', epochs: 1 }] } as never, weights: 'random', name: 'wrong' };
    await expect(call(page, 'train:start', wrong)).rejects.toThrow('no_layer');
    expect(await listed(page)).toHaveLength(3);
    await call(page, 'train:start_all', { runs: [planned('before', 0.001), wrong, planned('behind', 0.001)] });
    await page.getByText('did not begin: 1').waitFor({ timeout: LONG });
    expect((await sessionOf(page)).planned).toBe(0);
    expect((await listed(page)).map(({ name }) => name)).toEqual(['before', 'long', 'quick', 'slow']);
  });

  it('are all there when the app is started again, but for the deleted ones', async () => {
    const cards = await listed(page);
    const long = cards[1]?.runId ?? '';
    await call(page, 'runs:delete', { runId: long });
    await call(page, 'runs:open', { runId: ids[1] ?? '' });
    const project = (await sessionOf(page)).data?.project?.directory ?? '';
    const { userData, complaints } = running;
    expect(complaints).toEqual([]);
    await running.close('keep');
    running = await launch({ userData });
    page = running.page;
    train = new TrainPage(page);
    expect((await sessionOf(page)).runId).toBe(ids[1]);
    expect((await listed(page)).map(({ name, note }) => [name, note])).toEqual([['before', ''], ['quick', ''], ['slow', 'the first one']]);
    const tryPage = new TryPage(page);
    await tryPage.open();
    expect((await tryPage.drop(png(madePicture(1)), 'made.png')).top).toHaveLength(5);
    await expect.poll(() => existsSync(join(project, 'runs', '.deleted'))).toBe(false);
  });

  it('read in Japanese, dark, in a small window', async () => {
    await call(page, 'preferences:set', { locale: 'ja', theme: 'dark' });
    await page.reload();
    await page.setViewportSize({ width: 1024, height: 640 });
    await train.open();
    await train.at('view-runs').click();
    await train.at('run-choose-0').check();
    await train.at('run-choose-1').check();
    await train.at('runs-table').waitFor();
    await bringAxe(page);
    expect(await barriers(train)).toEqual([]);
    expect(await cutOff(page)).toEqual([]);
    await running.shot('runs-ja-dark');
    expect(running.complaints).toEqual([]);
  });
});
