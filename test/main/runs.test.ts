/** Runs on disk: made, listed, called, deleted and taken back; damaged ones cost themselves alone. */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Progress, tutorialRecipe } from '../../electron/contract';
import { RunCards } from '../../electron/main/run-cards';
import * as runs from '../../electron/main/runs';

// The log file lies where Electron says.
vi.mock('../../electron/main/log', () => ({ log: { warn: () => undefined } }));

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'tsugiki-runs-'));
});

const planned = (name: string | null = null) => ({ recipe: tutorialRecipe(), weights: 'auto', name });
const started = (runId: string): Progress => ({
  kind: 'training_started', runId, trainCount: 80, validationCount: 20, from: { phase: 0, epoch: 0, step: 0 }, phases: [{ name: 'frozen', epochs: 2, stepsPerEpoch: 4, trainableFrom: null }]
});
const epoch = (number: number): Progress => ({ kind: 'epoch', phase: 0, epoch: number, loss: 1, accuracy: 0.5, valLoss: 1.5, valAccuracy: 0.25 * (number + 1), seconds: 2.5, secondsLeft: 0 });
const ended: Progress[] = [
  { kind: 'phase_ended', phase: 0, testCount: 9, testedOn: 'test', result: { history: { loss: [1], accuracy: [0.5] }, epoch_seconds: [1], total_seconds: 1, test_loss: 1.25, test_accuracy: 0.75 } },
  { kind: 'finished', runId: 'a', model: '/elsewhere/model', stopped: false, testAccuracy: 0.75 }
];
/** A run of which all this was told. @returns its id */
function run(told: (runId: string) => Progress[], name: string | null = null): string {
  const { runId } = runs.createRun(project, planned(name));
  for (const progress of told(runId)) runs.record(project, runId, progress);
  return runId;
}
const whole = (runId: string): Progress[] => [started(runId), epoch(0), epoch(1), ...ended];

describe('a run\'s card', () => {
  it('tells what was asked and what came of it', () => {
    const runId = run(whole, 'first');
    const [card] = new RunCards().list(project);
    expect(card).toMatchObject({
      runId, name: 'first', note: '', weights: 'auto', recipe: tutorialRecipe(), status: 'finished', trainCount: 80, validationCount: 20,
      seconds: 5, testAccuracy: 0.75, testLoss: 1.25, testedOn: 'test', model: join(runs.runDirectory(project, runId), 'model'), resumable: false
    });
    expect(card?.epochs.map(({ valAccuracy }) => valAccuracy)).toEqual([0.25, 0.5]);
    expect(Math.abs(Date.parse(card?.started ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('of a model that was trained elsewhere tells its training, where that is known', () => {
    const recipe = { ...tutorialRecipe(), batchSize: 32 };
    const [frozen, tuned] = recipe.phases.map(({ name }) => name) as [string, string];
    const result = (loss: number[], test_accuracy: number) => ({ history: { loss, accuracy: loss.map((x) => 1 - x), val_loss: loss, val_accuracy: loss }, epoch_seconds: loss.map(() => 3), total_seconds: 10, test_loss: 2, test_accuracy });
    const phases = { [tuned]: result([0.25], 0.875), [frozen]: result([0.75, 0.5], 0.5) };
    const open = (runId: string, training: Parameters<typeof runs.createOpened>[2]): void => {
      mkdirSync(runs.modelDirectory(project, runId), { recursive: true });
      runs.createOpened(project, { runId, recipe, name: 'grown', note: '', opened: '/far/model.keras' }, training);
    };
    open('2026-11-24-18-31-33-ab12', { recipe, pictures: { train: 100, validation: 20, test: 0 }, phases });
    open('2026-11-24-18-31-34-ab12', null);
    const [unknown, card] = new RunCards().list(project);
    expect(card).toMatchObject({ status: 'finished', name: 'grown', opened: '/far/model.keras', trainCount: 100, validationCount: 20, seconds: 9, testAccuracy: 0.875, testLoss: 2, testedOn: 'validation', resumable: false });
    // Two of ten epochs: the first phase stopped early, and the second begins behind it.
    expect(card?.phases).toMatchObject([{ name: frozen, epochs: 2, stepsPerEpoch: 4 }, { name: tuned, epochs: 1 }]);
    expect(card?.epochs.map(({ phase, epoch: number, loss, valLoss }) => [phase, number, loss, valLoss])).toEqual([[0, 0, 0.75, 0.75], [0, 1, 0.5, 0.5], [1, 0, 0.25, 0.25]]);
    expect(unknown).toMatchObject({ status: 'finished', phases: [], epochs: [], testAccuracy: null, started: null });
  });

  it('of a run that was broken off says so, and of one that never began, that it has no beginning', () => {
    const broken = run((runId) => [started(runId), epoch(0)]);
    writeFileSync(join(runs.runDirectory(project, broken), 'checkpoint.json'), '{}');
    const unbegun = run(() => []);
    const cards = new RunCards().list(project);
    expect(cards.find(({ runId }) => runId === broken)).toMatchObject({ status: 'interrupted', resumable: true, model: null, testAccuracy: null });
    expect(cards.find(({ runId }) => runId === unbegun)).toMatchObject({ status: 'idle', started: null, epochs: [] });
  });

  it('has a date also where the id says no thousandths', () => {
    expect(runs.dateOf('2026-11-24-18-31-33-ab12')).toBe('2026-11-24T18:31:33.000Z');
    expect(runs.dateOf('2026-11-24-18-31-33-250-ab12')).toBe('2026-11-24T18:31:33.250Z');
    expect(runs.dateOf('mine')).toBeNull();
  });
});

describe('the list', () => {
  it('has the newest first, and is empty where nothing was trained', () => {
    expect(new RunCards().list(project)).toEqual([]);
    const ids = ['2026-01-01-00-00-00-000-aaaa', '2026-01-01-00-00-01-000-zzzz', '2026-02-01-00-00-00-aaaa'];
    for (const id of ids) {
      mkdirSync(runs.runDirectory(project, id), { recursive: true });
      writeFileSync(join(runs.runDirectory(project, id), 'run.json'), JSON.stringify({ runId: id, recipe: {}, weights: 'auto' }));
    }
    expect(new RunCards().list(project).map(({ runId }) => runId)).toEqual([...ids].reverse());
  });

  it('leaves out what cannot be read, and reads what it can of a history that was cut short', () => {
    const good = run(whole);
    const cut = run((runId) => [started(runId), epoch(0)]);
    appendFileSync(runs.historyFile(project, cut), '{"kind":"epo');
    const damaged = run(whole);
    writeFileSync(join(runs.runDirectory(project, damaged), 'run.json'), '{"runId":');
    mkdirSync(join(project, 'runs', 'no-run'));
    writeFileSync(join(project, 'runs', 'a file.txt'), '');
    const cards = new RunCards().list(project);
    expect(cards.map(({ runId }) => runId).sort()).toEqual([good, cut].sort());
    expect(cards.find(({ runId }) => runId === cut)?.epochs).toHaveLength(1);
  });

  it('reads again only what has changed', () => {
    const ids = Array.from({ length: 5 }, () => run(whole));
    const cards = new RunCards();
    const before = cards.list(project);
    const first = ids[0] as string;
    runs.record(project, first, epoch(2));
    const after = cards.list(project);
    expect(after.filter((card) => !before.includes(card)).map(({ runId }) => runId)).toEqual([first]);
    expect(after.find(({ runId }) => runId === first)?.epochs).toHaveLength(3);
  });

  it('does not take the name that a copied folder\'s file says for its own', () => {
    const runId = run(whole);
    const copy = `${runId}-copy`;
    mkdirSync(runs.runDirectory(project, copy));
    writeFileSync(join(runs.runDirectory(project, copy), 'run.json'), JSON.stringify({ ...planned(), runId }));
    expect(new RunCards().list(project).map((card) => card.runId).sort()).toEqual([runId, copy].sort());
  });
});

describe('what a person changes', () => {
  it('is the name and the note, each for itself; an empty name is none', () => {
    const runId = run(whole);
    runs.changeRun(project, runId, { name: '  larger pictures ' });
    runs.changeRun(project, runId, { note: 'two\nlines' });
    expect(runs.readRun(project, runId)).toMatchObject({ name: 'larger pictures', note: 'two\nlines' });
    runs.changeRun(project, runId, { name: ' ' });
    expect(runs.readRun(project, runId)).toMatchObject({ name: null, note: 'two\nlines' });
  });

  it('of a run that is gone is refused', () => {
    expect(() => runs.changeRun(project, '2026-gone', { note: '' })).toThrow('2026-gone is not in the project any more');
    expect(() => runs.setAside(project, '2026-gone')).toThrow('2026-gone is not in the project any more');
    expect(() => runs.takeBack(project, '2026-gone')).toThrow('2026-gone is not in the project any more');
  });
});

describe('a deleted run', () => {
  it('is off the list, comes back whole, and is gone once what is aside is emptied', () => {
    const [kept, deleted] = [run(whole), run(whole)];
    const cards = new RunCards();
    runs.setAside(project, deleted);
    expect(cards.list(project).map(({ runId }) => runId)).toEqual([kept]);
    runs.takeBack(project, deleted);
    expect(cards.list(project).find(({ runId }) => runId === deleted)?.epochs).toHaveLength(2);
    runs.setAside(project, deleted);
    runs.emptyAside(project);
    expect(readdirSync(join(project, 'runs'))).toEqual([kept]);
    runs.emptyAside(project);
  });

  it('that never began leaves nothing; one that began stays', () => {
    const [unbegun, begun] = [run(() => []), run(whole)];
    expect([runs.dropUnbegun(project, unbegun), runs.dropUnbegun(project, begun)]).toEqual([true, false]);
    expect([unbegun, begun].map((runId) => existsSync(runs.runDirectory(project, runId)))).toEqual([false, true]);
  });
});
