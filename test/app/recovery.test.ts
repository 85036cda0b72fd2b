/** Losing the engine, or the whole app, in the middle of a training: what was learned is kept, and the window offers to go on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput, Progress } from '../../electron/contract';
import { type Running, call, enginePid, launch, sessionOf } from './harness';

const LONG = 240_000;
const RECIPE: CallInput<'train:start'>['recipe'] = {
  alpha: 0.35, inputSize: 32, limit: 2000, head: [{ units: 32, activation: 'relu' }],
  phases: [{ name: 'frozen', epochs: 1 }, { name: 'fine_tune', trainableFrom: 'all', epochs: 6, optimizer: { name: 'adam', learningRate: 0.0001 } }]
};

/** What a run's folder says happened. */
const history = (userData: string, runId: string): Progress[] =>
  readFileSync(join(userData, 'runs', runId, 'progress.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Progress);

const begin = async (page: Page): Promise<string> => {
  await call(page, 'data:open', { source: { kind: 'sample' } });
  const { runId } = await call(page, 'train:start', { recipe: RECIPE, weights: 'random' });
  // Well into the second phase: one epoch of it is on disk, the next is under way.
  await expect.poll(async () => (await sessionOf(page)).epochs.length, { timeout: LONG, interval: 20 }).toBeGreaterThanOrEqual(2);
  await expect.poll(async () => (await sessionOf(page)).step?.epoch, { timeout: LONG, interval: 20 }).toBeGreaterThanOrEqual(1);
  return runId;
};

describe('when the engine is killed', () => {
  let running: Running;
  let page: Page;
  let runId: string;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
  });
  afterAll(() => running.close());

  it('says so and offers to go on', async () => {
    runId = await begin(page);
    const before = enginePid(running.userData);
    process.kill(before, 'SIGKILL');
    await expect.poll(async () => (await sessionOf(page)).status).toBe('interrupted');
    const session = await sessionOf(page);
    expect(session).toMatchObject({ resumable: true, runId, error: { code: 'engine_gone' } });
    await page.getByTestId('nav-train').click();
    await page.getByTestId('train-recover').waitFor();
    await running.shot('interrupted');
    await expect.poll(() => enginePid(running.userData), { timeout: 30_000 }).not.toBe(before);
  });

  it('goes on from the last epoch, to the end', async () => {
    const done = (await sessionOf(page)).epochs.length;
    await page.getByTestId('train-recover').click();
    await expect.poll(async () => (await sessionOf(page)).status, { timeout: LONG }).toBe('finished');
    const session = await sessionOf(page);
    expect(session.runId).toBe(runId);
    expect(session.epochs.map((epoch) => [epoch.phase, epoch.epoch])).toEqual([[0, 0], [1, 0], [1, 1], [1, 2], [1, 3], [1, 4], [1, 5]]);
    const starts = history(running.userData, runId).flatMap((told) => (told.kind === 'training_started' ? [told.from] : []));
    expect(starts).toEqual([{ phase: 0, epoch: 0 }, { phase: 1, epoch: done - 1 }]);
  });

  it('still classifies after another loss: the fresh engine is given the model back', async () => {
    const before = enginePid(running.userData);
    process.kill(before, 'SIGKILL');
    await expect.poll(() => enginePid(running.userData), { timeout: 30_000 }).not.toBe(before);
    const { pixels, size } = await call(page, 'data:thumbnails', { split: 'test', offset: 0, count: 1 });
    expect(pixels).toBeTruthy();
    expect(size).toBeGreaterThan(0);
  });
});

describe('when the app is closed in the middle', () => {
  it('finds the run again on the next start, and goes on', async () => {
    const first = await launch();
    const runId = await begin(first.page);
    await first.close('keep');

    const second = await launch({ userData: first.userData });
    const found = await sessionOf(second.page);
    expect(found).toMatchObject({ status: 'interrupted', resumable: true, runId, data: { source: { kind: 'sample' } } });
    expect(found.epochs.length).toBeGreaterThanOrEqual(2);
    await second.page.getByTestId('nav-train').click();
    await second.page.getByTestId('train-recover').click();
    await expect.poll(async () => (await sessionOf(second.page)).status, { timeout: LONG }).toBe('finished');
    expect((await sessionOf(second.page)).epochs).toHaveLength(7);
    await second.close();
  });
});
