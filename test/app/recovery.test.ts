/** Losing the engine, or the whole app, in the middle of a training: what was learned is kept, and the window offers to go on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput, EpochProgress, Progress, Session } from '../../electron/contract';
import { type Running, call, enginePid, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { TrainPage } from './pages/train-page';
import { TryPage } from './pages/try-page';
import { madePicture, png } from './pictures';

const LONG = 240_000;
const EPOCHS = 6;
/** The base learns in the second phase: its weights, its optimizer and its shuffling all have to be found again. */
const RECIPE: CallInput<'train:start'>['recipe'] = {
  alpha: 0.35, inputSize: 32, limit: 2000, head: [{ units: 32, activation: 'relu' }],
  phases: [{ name: 'frozen', epochs: 1 }, { name: 'fine_tune', trainableFrom: 'block_13_expand', keepBatchNormFrozen: true, epochs: EPOCHS, optimizer: { name: 'adam', learningRate: 0.0001 } }]
};
const ALL = [[0, 0], ...Array.from({ length: EPOCHS }, (_, epoch) => [1, epoch])];

/** What a run's folder, in the open project, says happened. */
const history = ({ data }: Session, runId: string): Progress[] =>
  readFileSync(join(data?.project?.directory ?? '', 'runs', runId, 'progress.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Progress);

const places = (epochs: readonly EpochProgress[]): number[][] => epochs.map((epoch) => [epoch.phase, epoch.epoch]);
/** What must not differ when a run was broken off and went on. */
const figures = (epochs: readonly EpochProgress[]) => epochs.map(({ phase, epoch, loss, accuracy, valLoss, valAccuracy }) => ({ phase, epoch, loss, accuracy, valLoss, valAccuracy }));

const finished = (page: Page) => expect.poll(async () => (await sessionOf(page)).status, { timeout: LONG }).toBe('finished');

/** Well into the second phase: one epoch of it is on disk, the next is under way. */
async function inTheMiddle(page: Page): Promise<void> {
  await expect.poll(async () => (await sessionOf(page)).step, { timeout: LONG, interval: 10 }).toMatchObject({ phase: 1, epoch: 1 });
}

async function begin(page: Page): Promise<string> {
  await new DataPage(page).openSample();
  const { runId } = await call(page, 'train:start', { recipe: RECIPE, weights: 'random' });
  await inTheMiddle(page);
  return runId;
}

describe('when the engine is killed', () => {
  let running: Running;
  let page: Page;
  let train: TrainPage;
  let runId: string;
  let undisturbed: EpochProgress[];
  let before: EpochProgress[];

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    train = new TrainPage(page);
  });
  afterAll(() => running.close());

  it('has trained without being disturbed before', async () => {
    await new DataPage(page).openSample();
    await call(page, 'train:start', { recipe: RECIPE, weights: 'random' });
    await finished(page);
    undisturbed = (await sessionOf(page)).epochs;
    expect(places(undisturbed)).toEqual(ALL);
  });

  it('says what happened, and offers to go on', async () => {
    ({ runId } = await call(page, 'train:start', { recipe: RECIPE, weights: 'random' }));
    await inTheMiddle(page);
    const pid = enginePid(running.userData);
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await sessionOf(page)).status).toBe('interrupted');
    expect(await sessionOf(page)).toMatchObject({ resumable: true, runId, error: { code: 'engine_gone' } });
    before = (await sessionOf(page)).epochs;
    await train.open();
    await train.at('train-recover').waitFor();
    expect(await train.at('status-line').textContent()).toMatch(/ended unexpectedly after \d finished epochs\..* can go on from the last finished epoch\./s);
    await running.shot('interrupted');
    await expect.poll(() => enginePid(running.userData), { timeout: 30_000 }).not.toBe(pid);
  });

  it('goes on from the last epoch to the end, with the history it would have had', async () => {
    await train.recover();
    await finished(page);
    const session = await sessionOf(page);
    expect(session.runId).toBe(runId);
    expect(places(session.epochs)).toEqual(ALL);
    expect(session.epochs.slice(0, before.length)).toEqual(before);
    const starts = history(session, runId).flatMap((told) => (told.kind === 'training_started' ? [told.from] : []));
    expect(starts).toEqual([{ phase: 0, epoch: 0, step: 0 }, { phase: 1, epoch: before.length - 1, step: 0 }]);
    for (const [i, epoch] of figures(session.epochs).entries()) {
      const same = figures(undisturbed)[i];
      expect(epoch.loss).toBeCloseTo(same?.loss ?? NaN, 3);
      expect(epoch.valLoss ?? NaN).toBeCloseTo(same?.valLoss ?? NaN, 3);
    }
  });

  it('still shows pictures and names them: the fresh engine is given data and model back', async () => {
    const pid = enginePid(running.userData);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => enginePid(running.userData), { timeout: 30_000 }).not.toBe(pid);
    const tryPage = new TryPage(page);
    await tryPage.open();
    expect((await tryPage.drop(png(madePicture(1)), 'made.png')).top).toHaveLength(5);
    await new DataPage(page).go('data');
    await new DataPage(page).picturesShown();
  });
});

describe('when it is stopped by hand', () => {
  it('keeps what was learned, and goes on from there when asked', async () => {
    const running = await launch();
    const { page } = running;
    const train = new TrainPage(page);
    const runId = await begin(page);
    await train.open();
    await train.stop();
    await finished(page);
    const stopped = await sessionOf(page);
    expect(stopped).toMatchObject({ resumable: true, runId });
    expect(stopped.model).not.toBeNull();
    expect(stopped.epochs.length).toBeLessThan(ALL.length);
    await train.recover();
    await expect.poll(async () => places((await sessionOf(page)).epochs), { timeout: LONG }).toEqual(ALL);
    expect((await sessionOf(page)).epochs.slice(0, stopped.epochs.length)).toEqual(stopped.epochs);
    await running.close();
  });
});

describe('when the app is closed in the middle', () => {
  it('finds the run again on the next start, and goes on', async () => {
    const first = await launch();
    const runId = await begin(first.page);
    await first.close('keep');

    const second = await launch({ userData: first.userData });
    const found = await sessionOf(second.page);
    expect(found).toMatchObject({ status: 'interrupted', resumable: true, runId, data: { name: 'Sample', source: { kind: 'project' } } });
    expect(found.epochs.length).toBeGreaterThanOrEqual(2);
    const train = new TrainPage(second.page);
    await train.open();
    await train.recover();
    await finished(second.page);
    expect(places((await sessionOf(second.page)).epochs)).toEqual(ALL);
    await second.close();
  });
});
