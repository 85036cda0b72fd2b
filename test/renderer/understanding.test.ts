/** What the Understand page makes of a report: which classes are confused, which pictures are shown in which order, orders, thresholds, the map; and when it asks. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TsugikiError, type Understanding, emptySession, tutorialRecipe } from '../../electron/contract';
import { answersById, chosenIds, classesToShow, confusedPairs, nextFilled, rowTotals } from '../../renderer/lib/confusion';
import { inDirection, MOST_ZOOM, nearest, pushed, revealed, toPixels, WHOLE, zoomed } from '../../renderer/lib/map-view';
import { judgedAnew, mistakesOf } from '../../renderer/lib/retrained';
import { classRows, pointAt } from '../../renderer/lib/scores';
import { data } from '../../renderer/state/data.svelte';
import { place } from '../../renderer/state/place.svelte';
import { preferences } from '../../renderer/state/preferences.svelte';
import { recipe } from '../../renderer/state/recipe.svelte';
import { session } from '../../renderer/state/session.svelte';
import { toasts } from '../../renderer/state/toasts.svelte';
import { understanding } from '../../renderer/state/understanding.svelte';
import { answer, dataSummary, projectSummary } from './bridge';

const score = { precision: 0.5, recall: 0.5, f1: 0.5, support: 2, rocAuc: 0.5, averagePrecision: 0.5 };
const flat = { bins: [], expectedCalibrationError: 0 };

/** Pictures 10.. of three classes: [label, predicted, probability of the predicted, of the label]. */
const ANSWERS: [number, number, number, number][] = [
  [0, 0, 0.9, 0.9], [0, 0, 0.5, 0.5], [0, 1, 0.6, 0.3], [0, 1, 0.95, 0.01], [0, 1, 0.7, 0.2], [1, 1, 0.8, 0.8], [1, 2, 0.9, 0.05], [2, 2, 0.99, 0.99], [2, 0, 0.4, 0.35]
];

function report(part: Partial<Understanding> = {}, answers = ANSWERS): Understanding {
  const classNames = ['cat', 'dog', 'owl'];
  const confusion = new Int32Array(9);
  for (const [label, predicted] of answers) confusion[label * 3 + predicted]!++;
  return {
    set: 'test', name: 'pets', revision: 1, classNames, count: answers.length, unknown: 0, accuracy: 4 / 9, loss: 1, topK: [4 / 9, 0.8, 1], confusion,
    classes: classNames.map(() => score), macro: { precision: 0.5, recall: 0.5, f1: 0.5 },
    pictures: {
      id: Int32Array.from(answers, (_, i) => 10 + i),
      label: Int32Array.from(answers, ([label]) => label),
      predicted: Int32Array.from(answers, ([, predicted]) => predicted),
      probability: Float32Array.from(answers, ([, , probability]) => probability),
      labelProbability: Float32Array.from(answers, ([, , , probability]) => probability)
    },
    calibration: flat, scaled: { temperature: 1, calibration: flat }, thresholds: [], settings: { temperature: 1, threshold: null }, ...part
  };
}

describe('a confusion matrix', () => {
  it('names what is confused most often, with its share of the row', () => {
    expect(rowTotals(report())).toEqual([5, 2, 2]);
    expect(confusedPairs(report(), 10)).toEqual([
      { label: 0, predicted: 1, count: 3, share: 0.6 },
      { label: 1, predicted: 2, count: 1, share: 0.5 },
      { label: 2, predicted: 0, count: 1, share: 0.5 }
    ]);
    expect(confusedPairs(report(), 1)).toHaveLength(1);
  });

  it('of too many classes shows those with the most mistakes, in their order', () => {
    expect(classesToShow(report(), 3)).toEqual([0, 1, 2]);
    // cat: 3 + 1, dog: 3 + 1, owl: 1 + 1
    expect(classesToShow(report(), 2)).toEqual([0, 1]);
    const owls = report({}, [[2, 1, 0.9, 0.1], [1, 2, 0.9, 0.1], [0, 0, 0.9, 0.9]]);
    expect(classesToShow(owls, 2)).toEqual([1, 2]);
  });

  it('is walked through by arrows, from one filled cell to the next', () => {
    const rows = ['x.x.', '....', 'x..x', '.x..'];
    const filled = (row: number, column: number): boolean => rows[row]?.[column] === 'x';
    const go = (key: string, row: number, column: number) => nextFilled(key, { row, column }, 4, filled);
    expect(go('ArrowRight', 0, 0)).toEqual({ row: 0, column: 2 });
    expect(go('ArrowDown', 0, 0)).toEqual({ row: 2, column: 0 });
    expect(go('ArrowUp', 2, 0)).toEqual({ row: 0, column: 0 });
    expect(go('ArrowLeft', 2, 3)).toEqual({ row: 2, column: 0 });
    expect(go('ArrowRight', 0, 2)).toBeNull();
    expect(go('End', 2, 0)).toEqual({ row: 2, column: 3 });
    expect(go('Home', 2, 3)).toEqual({ row: 2, column: 0 });
    expect(go('a', 0, 0)).toBeNull();
  });
});

describe('pictures', () => {
  it('of a wrong cell come the surest first, of a right one the least sure', () => {
    expect(chosenIds(report(), { kind: 'cell', label: 0, predicted: 1 }, 200)).toEqual([13, 14, 12]);
    expect(chosenIds(report(), { kind: 'cell', label: 0, predicted: 0 }, 200)).toEqual([11, 10]);
    expect(chosenIds(report(), { kind: 'cell', label: 1, predicted: 0 }, 200)).toEqual([]);
  });

  it('that are hardest have the highest loss; confident ones are wrong', () => {
    // Loss is -log of the own class's probability.
    expect(chosenIds(report(), { kind: 'hardest' }, 4)).toEqual([13, 16, 14, 12]);
    expect(chosenIds(report(), { kind: 'confident' }, 200)).toEqual([13, 16, 14, 12, 18]);
  });

  it('have their answers found by id', () => {
    const find = answersById(report());
    expect(find(13)).toMatchObject({ label: 0, predicted: 1 });
    expect(find(13)?.probability).toBeCloseTo(0.95);
    expect(find(9)).toBeNull();
  });
});

describe('classes', () => {
  const classes = [{ ...score, f1: 0.9 }, { ...score, f1: null }, { ...score, f1: 0.2, support: 7 }];
  const order = (by: Parameters<typeof classRows>[1]['by'], descending: boolean): string[] =>
    classRows({ classNames: ['class 10', 'class 9', 'Äpfel'], classes }, { by, descending }, 'de').map(({ name }) => name);

  it('are put in order, those without the figure last', () => {
    expect(order('f1', false)).toEqual(['Äpfel', 'class 10', 'class 9']);
    expect(order('f1', true)).toEqual(['class 10', 'Äpfel', 'class 9']);
    expect(order('support', true)[0]).toBe('Äpfel');
    expect(order('name', false)).toEqual(['Äpfel', 'class 9', 'class 10']);
  });

  it('cost of a threshold is that of the nearest point', () => {
    const points = [0, 0.5, 1].map((threshold) => ({ threshold, answered: 1 - threshold, accuracy: null, wrongHeldBack: threshold }));
    expect(pointAt(points, 0.3)?.threshold).toBe(0.5);
    expect(pointAt(points, 0.2)?.threshold).toBe(0);
    expect(pointAt([], 0.2)).toBeNull();
  });
});

describe('the map', () => {
  const room = { width: 448, height: 248 };
  /** 400 by 200 pixels of room between margins of 24. */
  const places = { x: [0, 1, 0.5, 0.5], y: [0, 1, 0.5, 0.6] };

  it('is seen whole at first, with room at its edges', () => {
    expect(toPixels(WHOLE, room, 0, 0)).toEqual({ x: 24, y: 24 });
    expect(toPixels(WHOLE, room, 1, 1)).toEqual({ x: 424, y: 224 });
  });

  it('is enlarged around a point, which stays where it is, and never leaves itself', () => {
    const at = { x: 324, y: 74 };
    const view = zoomed(WHOLE, room, 4, at);
    expect(view.zoom).toBe(4);
    const seen = toPixels(view, room, 0.75, 0.25);
    expect(seen.x).toBeCloseTo(at.x);
    expect(seen.y).toBeCloseTo(at.y);
    expect(zoomed(view, room, 1 / 8)).toEqual(WHOLE);
    expect(zoomed(WHOLE, room, 1e6).zoom).toBe(MOST_ZOOM);
    expect(pushed(WHOLE, room, 100, 100)).toEqual(WHOLE);
    const far = pushed(view, room, 1e6, -1e6);
    expect([far.x, far.y]).toEqual([0.125, 0.875]);
  });

  it('follows a push by as many pixels, and brings a place into sight', () => {
    const view = zoomed(WHOLE, room, 4);
    const before = toPixels(view, room, 0.5, 0.5);
    const after = toPixels(pushed(view, room, 30, -20), room, 0.5, 0.5);
    expect(after.x - before.x).toBeCloseTo(30);
    expect(after.y - before.y).toBeCloseTo(-20);
    const corner = toPixels(revealed(view, room, 1, 1), room, 1, 1);
    expect(corner.x).toBeLessThanOrEqual(room.width);
    expect(corner.y).toBeLessThanOrEqual(room.height);
    expect(revealed(view, room, 0.5, 0.5)).toBe(view);
  });

  it('finds what is pointed at, and what lies in an arrow’s direction', () => {
    expect(nearest(places, WHOLE, room, { x: 226, y: 122 }, 12)).toBe(2);
    expect(nearest(places, WHOLE, room, { x: 100, y: 200 }, 12)).toBeNull();
    expect(inDirection(places, 2, 'ArrowDown')).toBe(3);
    expect(inDirection(places, 3, 'ArrowUp')).toBe(2);
    expect(inDirection(places, 0, 'ArrowRight')).toBe(2);
    expect(inDirection(places, 0, 'ArrowLeft')).toBeNull();
    expect(inDirection(places, 0, 'Enter')).toBeNull();
  });
});

describe('a report', () => {
  beforeEach(() => {
    preferences.adopt({ locale: 'en', theme: 'system' });
    session.adopt({ ...emptySession(), data: dataSummary(), recipe: tutorialRecipe(), model: '/projects/pets/runs/1/model' });
    recipe.adopt(tutorialRecipe());
  });
  afterEach(() => {
    for (const { id } of [...toasts.list]) toasts.dismiss(id);
    vi.unstubAllGlobals();
  });
  const revised = (revision: number) => dataSummary({ project: projectSummary({ revision }) });

  it('is asked for by itself, again after a change, and is kept while the next one comes', async () => {
    const asked = answer({ 'understand:evaluate': ({ set }) => report({ set, revision: data.project?.revision ?? 0 }), 'data:edit': () => revised(2) });
    await understanding.keepUp();
    expect(understanding.report?.revision).toBe(1);
    expect(understanding.keepUp()).toBeNull();
    expect(asked).toEqual([{ name: 'understand:evaluate', input: { set: 'test' } }]);
    expect([understanding.current, understanding.changed]).toEqual([true, false]);
    understanding.choice = { kind: 'cell', label: 0, predicted: 1 };
    expect(understanding.chosen).toEqual([13, 14, 12]);
    await data.edit({ kind: 'move', pictures: [13], class: 3 });
    expect(understanding.report).not.toBeNull();
    await understanding.keepUp();
    expect(understanding.report?.revision).toBe(2);
    expect(understanding.changed).toBe(true);
    understanding.choice = null;
  });

  it('that fails is not asked for again and again', async () => {
    session.adopt({ ...session.now, model: '/projects/pets/runs/2/model' });
    const asked = answer({ 'understand:evaluate': () => Promise.reject(new TsugikiError('never_heard_of', 'The model is damaged.')) });
    await understanding.keepUp();
    expect(toasts.list.map(({ text }) => text)).toEqual(['The model is damaged.']);
    expect(understanding.keepUp()).toBeNull();
    expect(understanding.working).toBe(false);
    expect(asked).toHaveLength(1);
    expect(understanding.report).toBeNull();
  });

  it('is of another set when one is chosen, one of one’s own as well', async () => {
    session.adopt({ ...session.now, model: '/projects/pets/runs/3/model' });
    const asked = answer({ 'understand:evaluate': ({ set }) => report({ set }), 'understand:open_own': () => 'mine', 'job:cancel': () => null });
    await understanding.keepUp();
    expect(understanding.report?.set).toBe('test');
    await understanding.openOwn('folder', '/mine');
    expect(understanding.sets).toEqual(['test', 'validation', 'train', 'own']);
    await understanding.keepUp();
    expect(understanding.report?.set).toBe('own');
    expect(understanding.own).toBe('mine');
    expect(asked.map(({ name }) => name)).toEqual(['understand:evaluate', 'understand:open_own', 'understand:evaluate']);
    understanding.set = 'train';
    await understanding.keepUp();
    expect(understanding.report?.set).toBe('train');
    understanding.set = null;
  });

  it('can be of what is dropped, which has to have classes; a project is opened instead', async () => {
    session.adopt({ ...session.now, model: '/projects/pets/runs/5/model' });
    const asked = answer({ 'understand:open_own': () => 'mine', 'data:open': () => dataSummary(), 'app:info': () => Promise.reject(new TsugikiError('stopped', 'Stopped.')) });
    await understanding.takeDropped({ project: null, model: null, paths: [], pictures: [] });
    expect(toasts.list.map(({ text }) => text)).toEqual(['A test set is a folder or an archive with one folder for each class.']);
    await understanding.takeDropped({ project: null, model: null, paths: ['/mine', '/other'], pictures: [] });
    await understanding.takeDropped({ project: '/projects/birds', model: null, paths: ['/projects/birds'], pictures: [] });
    expect(asked.slice(0, 2)).toMatchObject([{ name: 'understand:open_own', input: { path: '/mine' } }, { name: 'data:open' }]);
    understanding.set = null;
  });

  it('is made anew for another temperature, not for another threshold', async () => {
    session.adopt({ ...session.now, model: '/projects/pets/runs/4/model' });
    let settings = { temperature: 1, threshold: null as number | null };
    const asked = answer({ 'understand:evaluate': () => report({ settings }), 'understand:settings': (wish) => (settings = wish) });
    await understanding.keepUp();
    await understanding.apply({ temperature: 1, threshold: 0.4 });
    expect(understanding.keepUp()).toBeNull();
    expect(understanding.report?.settings.threshold).toBe(0.4);
    expect(asked.filter(({ name }) => name === 'understand:evaluate')).toHaveLength(1);
    await understanding.apply({ temperature: 2, threshold: 0.4 });
    await understanding.keepUp();
    expect(understanding.report?.settings.temperature).toBe(2);
    expect(asked.filter(({ name }) => name === 'understand:evaluate')).toHaveLength(2);
  });

  it('tells whether another training has helped: both models on the same pictures, by the classes that they have now', async () => {
    const [one, two] = ['2026-01-01-00-00-00-000-aaaa', '2026-01-01-00-01-00-000-aaaa'];
    const models = { [one]: '/projects/pets/runs/one/model', [two]: '/projects/pets/runs/two/model' };
    const become = async (runId: string): Promise<void> => {
      session.adopt({ ...session.now, runId, model: models[runId] ?? null, status: 'finished' });
      await understanding.keepUp();
    };
    /** Picture 13, that was taken for a dog, is one; 17 and 18 are named rightly now. */
    const after: [number, number, number, number][] = ANSWERS.map(([label, predicted, ...sure], at) => [at === 3 ? 1 : label, at > 6 ? 2 : predicted, ...sure]);
    let answers = ANSWERS;
    answer({ 'understand:evaluate': ({ set }) => report({ set, accuracy: answers.filter(([label, predicted]) => label === predicted).length / answers.length }, answers), 'train:start_all': () => ({ runId: two }) });
    await become(one);
    expect(understanding.retrained).toBeNull();
    await understanding.trainAgain();
    // It has begun: the model is the one before until it ends.
    session.adopt({ ...session.now, runId: two, status: 'running' });
    expect(understanding.retrained).toBeNull();
    answers = after;
    await become(two);
    const { before, after: now, runIds } = understanding.retrained ?? expect.fail('nothing to compare');
    // Of nine, the first model had 10, 11, 15 and 17 right, and 13 by the class that it has now.
    expect([before.accuracy, now.accuracy]).toEqual([5 / 9, 6 / 9]);
    expect([mistakesOf(before, null), mistakesOf(now, null)]).toEqual([4, 3]);
    expect([mistakesOf(before, { label: 0, predicted: 1 }), mistakesOf(report(), { label: 0, predicted: 1 })]).toEqual([2, 3]);
    expect([mistakesOf(before, { label: 2, predicted: 2 }), mistakesOf(now, { label: 2, predicted: 2 })]).toEqual([1, 0]);
    expect(runIds).toEqual([one, two]);
    // Of other pictures, and of the run before, nothing is told.
    understanding.set = 'train';
    await understanding.keepUp();
    expect(understanding.retrained).toBeNull();
    understanding.set = null;
    await understanding.keepUp();
    expect(understanding.retrained).not.toBeNull();
    await become(one);
    expect(understanding.retrained).toBeNull();
  });

  it('says nothing of pictures that the model before was not asked about', () => {
    expect(judgedAnew(report(), report({}, [...ANSWERS, [0, 0, 0.9, 0.9]]))).toBeNull();
    expect(judgedAnew(report(), report({ classNames: ['cat', 'dog', 'fox'] }))).toBeNull();
    expect(judgedAnew(report({}, [...ANSWERS, [0, 0, 0.9, 0.9]]), report())?.accuracy).toBeCloseTo(4 / 9, 9);
  });

  it('leads to training as the run was trained, on the pictures as they are now', async () => {
    const asRun = { ...tutorialRecipe(), inputSize: 96, limit: 9 };
    session.adopt({ ...session.now, recipe: asRun });
    const asked = answer({ 'train:start_all': () => ({ runId: 'r' }) });
    recipe.adopt({ ...asRun, inputSize: 128 });
    await understanding.trainAgain();
    expect(asked.at(-1)).toMatchObject({ name: 'train:start_all', input: { runs: [{ recipe: { inputSize: 96, limit: 9 } }] } });
    expect(place.now).toBe('train');
    // One picture more has come in since: a recipe that trained on all pictures goes on doing so.
    session.adopt({ ...session.now, recipe: asRun });
    recipe.adopt({ ...asRun, limit: 10 });
    await understanding.trainAgain();
    expect(asked.at(-1)).toMatchObject({ input: { runs: [{ recipe: { inputSize: 96, limit: 10 } }] } });
  });
});
