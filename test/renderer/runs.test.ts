/** Runs in words, lines and tables; and the list as the window keeps it. */
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RecipeInput, RecipeSchema, type RunCard, emptySession } from '../../electron/contract';
import { pointsOf, strokeOf } from '../../renderer/lib/run-lines';
import { compared, runChanges, runEnd, runName } from '../../renderer/lib/run-words';
import { runsCsv } from '../../renderer/lib/runs-csv';
import { run } from '../../renderer/state/run.svelte';
import { runs } from '../../renderer/state/runs.svelte';
import { session } from '../../renderer/state/session.svelte';
import { answer, dataSummary } from './bridge';

const phase = (name: string, more: object = {}) => ({ name, epochs: 2, ...more });
const card = (runId: string, recipe: RecipeInput = {}, more: Partial<RunCard> = {}): RunCard => ({
  runId, name: null, note: '', started: '2026-11-24T18:31:33.000Z', status: 'finished', recipe: v.parse(RecipeSchema, { phases: [phase('frozen')], ...recipe }), weights: 'auto',
  phases: [{ name: 'frozen', epochs: 2, stepsPerEpoch: 4, trainableFrom: null }], trainCount: 80, validationCount: 20, epochs: [], seconds: 5, testAccuracy: 0.5, testLoss: 1.5, testedOn: 'test',
  model: '/m', resumable: false, ...more
});
const epoch = (phaseIndex: number, number: number, accuracy: number, valAccuracy: number | null): RunCard['epochs'][number] => ({
  kind: 'epoch', phase: phaseIndex, epoch: number, loss: 1, accuracy, valLoss: valAccuracy === null ? null : 2, valAccuracy, seconds: 1, secondsLeft: 0
});

describe('a run in words', () => {
  it('is called by its name, else by its time', () => {
    expect(runName(card('a', {}, { name: 'larger' }))).toBe('larger');
    expect(runName(card('a'))).toMatch(/Nov 2[345]/);
    expect(runName(card('a', {}, { started: null }))).toBe('Never began');
  });

  it('says how it ended only where it did not come to its end', () => {
    expect([card('a'), card('a', {}, { resumable: true }), card('a', {}, { status: 'interrupted' }), card('a', {}, { status: 'failed' })].map(runEnd)).toEqual([null, 'Stopped', 'Interrupted', 'Failed']);
  });

  it('says of a model from elsewhere which file and which network it is', () => {
    const opened = card('b', { inputSize: 224, alpha: 0.35, scale: '-1..1' }, { opened: '/downloads/keras_model.h5', epochs: [] });
    expect(runEnd(opened)).toBe('From elsewhere');
    expect(runChanges(opened, card('a'))).toBe('keras_model.h5, Input size 224 px, Pixel range -1..1, Width (alpha) 0.35');
  });

  it('says what it does differently from the one before, setting by setting', () => {
    const before = card('a', { phases: [phase('frozen'), phase('fine_tune', { trainableFrom: 'all' })] });
    const after = card('b', { inputSize: 96, scale: '-1..1', head: [], phases: [phase('frozen', { epochs: 5 }), phase('fine_tune', { trainableFrom: 'block_13_expand', keepBatchNormFrozen: true })] });
    expect(runChanges(after, before)).toBe('Input size 96 px, Pixel range -1..1, Output layers (head) –, Frozen: Epochs 5, Fine-tuning: Base model learns from block_13_expand, Fine-tuning: Beyond that Batch norm frozen');
    expect(runChanges(card('b'), card('a'))).toBe('Same recipe as the one before');
    expect(runChanges(card('a'), null)).toBe('Input size 32 px, Pixel range 0..1, Width (alpha) 1, Phases Frozen');
  });

  it('names a phase that came to it, but not all that it sets', () => {
    const with2 = card('b', { phases: [phase('frozen'), phase('fine_tune', { trainableFrom: 'all' })] });
    expect(runChanges(with2, card('a'))).toBe('Phases Frozen, Fine-tuning');
  });
});

describe('several runs', () => {
  const cards = [
    card('a', {}, { name: 'small', testAccuracy: 1 / 3, epochs: [epoch(0, 0, 0.4, 0.3)], note: 'said "so",\nthen' }),
    card('b', { inputSize: 96, phases: [phase('frozen'), phase('fine_tune', { trainableFrom: 'all' })] }, { name: 'large', testAccuracy: null, testLoss: null })
  ];

  it('show the settings in which they differ, and only those', () => {
    const { settings, values } = compared(cards);
    expect(settings.slice(0, 2)).toEqual(['Input size', 'Phases']);
    expect(values.map((row) => row.slice(0, 2))).toEqual([['32 px', 'Frozen'], ['96 px', 'Frozen, Fine-tuning']]);
    // A run without a second phase has none of its settings.
    expect(values[0]?.slice(2).every((value) => value === '–')).toBe(true);
    expect(compared([card('a'), card('b')])).toEqual({ settings: [], values: [[], []] });
  });

  it('are a table of numbers as they are', () => {
    const [header, small, large] = runsCsv([cards[0] as RunCard, { ...(cards[1] as RunCard), recipe: (cards[0] as RunCard).recipe }]).split('\r\n');
    expect(header).toBe('\ufeffRun,Test accuracy,Test loss,Validation accuracy,Validation loss,Seconds,Note');
    expect(small).toBe('small,0.333333333,1.5,0.3,2,5,"said ""so"",\nthen"');
    expect(large).toBe('large,,,,,5,');
  });

  it('are lines over the epochs of all phases, by validation where there is any', () => {
    const two = { phases: [{ name: 'frozen', epochs: 2, stepsPerEpoch: 4, trainableFrom: null }, { name: 'fine_tune', epochs: 2, stepsPerEpoch: 4, trainableFrom: 'all' }], epochs: [epoch(0, 1, 0.4, 0.3), epoch(1, 0, 0.6, null)] };
    expect(pointsOf(two, 'accuracy')).toEqual([{ x: 2, y: 0.3 }, { x: 3, y: 0.6 }]);
    expect(pointsOf(two, 'loss')).toEqual([{ x: 2, y: 2 }, { x: 3, y: 1 }]);
  });

  it('are told apart by colour and dash', () => {
    const strokes = Array.from({ length: 10 }, (_, i) => strokeOf(i));
    expect(new Set(strokes.map(({ colour }) => colour)).size).toBe(10);
    expect(new Set(strokes.slice(0, 5).map(({ dash }) => dash.join())).size).toBe(5);
  });
});

describe('the list', () => {
  const [one, two] = [card('a'), card('b')];
  const data = dataSummary();

  beforeEach(() => {
    session.adopt({ ...emptySession(), data, runId: 'b', status: 'finished' });
    runs.chooseNone();
  });

  it('grows with the run that is going on', async () => {
    answer({ 'runs:list': () => [{ ...two, epochs: [] }, one] });
    await runs.refresh();
    session.adopt({ ...session.now, status: 'running', epochs: [epoch(0, 0, 0.5, 0.5), epoch(0, 1, 0.6, 0.6)] });
    expect(runs.list?.map(({ status, epochs, seconds }) => [status, epochs.length, seconds])).toEqual([['running', 2, 2], ['finished', 0, 5]]);
  });

  it('knows which are chosen, in its own order, and forgets those that are gone', async () => {
    let cards = [two, one];
    answer({ 'runs:list': () => cards });
    await runs.refresh();
    runs.choose('a', true);
    runs.choose('b', true);
    expect(runs.chosen.map(({ runId }) => runId)).toEqual(['b', 'a']);
    cards = [one];
    await runs.refresh();
    expect(runs.chosen.map(({ runId }) => runId)).toEqual(['a']);
    runs.choose('a', false);
    expect(runs.chosen).toEqual([]);
  });

  it('deletes the run that is shown, and shows what main shows then', async () => {
    const asked = answer({ 'runs:delete': () => [one], 'app:info': () => ({ session: { ...emptySession(), data, runId: 'a' } }) as never });
    await runs.remove('b');
    expect(asked.map(({ name }) => name)).toEqual(['runs:delete', 'app:info']);
    expect(session.now.runId).toBe('a');
    expect(runs.list?.map(({ runId }) => runId)).toEqual(['a']);
  });
});

describe('training several', () => {
  it('is active as long as one is to follow, and starts nothing meanwhile', async () => {
    session.adopt({ ...emptySession(), data: dataSummary(), status: 'finished', planned: 1 });
    const asked = answer({});
    expect(run.active).toBe(true);
    await run.start('another');
    expect(asked).toEqual([]);
  });

  it('is stopping from the click until it has ended, or could not be stopped', async () => {
    const running = { ...emptySession(), data: dataSummary(), status: 'running' as const };
    session.adopt(running);
    answer({ 'train:stop': () => Promise.reject(new Error('no')) });
    const failing = run.stop();
    expect(run.stopping).toBe(true);
    await failing;
    expect(run.stopping).toBe(false);
    answer({ 'train:stop': () => null });
    await run.stop();
    expect(run.stopping).toBe(true);
    session.adopt({ ...running, status: 'finished' });
    expect(run.stopping).toBe(false);
    // The next run is not that one.
    answer({ 'train:start_all': () => ({ runId: 'a' }) });
    await run.start();
    session.adopt(running);
    expect(run.stopping).toBe(false);
  });

  it('hands names and recipes on', async () => {
    session.adopt({ ...emptySession(), data: dataSummary() });
    const asked = answer({ 'train:start_all': () => ({ runId: 'a' }) });
    await run.startAll([{ recipe: card('a').recipe, weights: 'random', name: 'first' }, { recipe: card('a').recipe, weights: 'auto', name: null }]);
    expect(asked.map(({ name, input }) => [name, (input as { runs: { name: string | null }[] }).runs.map(({ name: called }) => called)])).toEqual([['train:start_all', ['first', null]]]);
  });
});
