/** What follows the session asks anew for what it is about, and for nothing that a step of a training changes. */
import { flushSync } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { type NetworkInfo, type RunCard, type Session, TsugikiError, emptySession, tutorialRecipe } from '../../electron/contract';
import { cost } from '../../renderer/state/cost.svelte';
import { kerasCode } from '../../renderer/state/keras-code.svelte';
import { runs } from '../../renderer/state/runs.svelte';
import { session } from '../../renderer/state/session.svelte';
import { answer, dataSummary } from './bridge';

let stop = (): void => undefined;
afterEach(() => stop());

/** As the window does it while something is shown. */
function shown(work: () => void): void {
  stop = $effect.root(work);
  flushSync();
}

function become(part: Partial<Session>): void {
  session.adopt({ ...session.now, ...part });
  flushSync();
}

const step = (number: number): Partial<Session> => ({
  step: { kind: 'step', phase: 0, epoch: 0, step: number, steps: 9, loss: 1, accuracy: 0, batchLoss: 1, batchAccuracy: 0, learningRate: 0.1, secondsLeft: null }
});

const card: RunCard = {
  runId: 'a', name: null, note: '', started: null, status: 'running', recipe: tutorialRecipe(), weights: 'auto', phases: [], trainCount: 0, validationCount: 0, epochs: [], seconds: 0,
  testAccuracy: null, testLoss: null, testedOn: null, model: null, resumable: false
};

const network: NetworkInfo = { backbone: 'MobileNetV2', alpha: 1, inputSize: 32, classes: 2, blocks: [], weights: 'random', capacity: 0 };

it('the Keras code is of the pictures, whatever a run does with them', async () => {
  const asked = answer({ 'recipe:code': () => 'import keras' });
  session.adopt({ ...emptySession(), data: dataSummary() });
  shown(() => kerasCode.follow());
  await vi.waitFor(() => expect(kerasCode.now).toBe('import keras'));
  for (const number of [1, 2, 3]) become(step(number));
  expect(asked).toHaveLength(1);
  become({ data: dataSummary({ classNames: ['cat', 'dog', 'owl'] }) });
  expect(asked).toHaveLength(2);
});

it('the list of runs is fetched when one begins or ends, and stays the same list from step to step', async () => {
  const asked = answer({ 'runs:list': () => [card] });
  session.adopt({ ...emptySession(), data: dataSummary() });
  let drawn = 0;
  shown(() => {
    runs.follow();
    $effect(() => {
      void runs.list;
      drawn++;
    });
  });
  become({ runId: 'a', status: 'running' });
  expect(asked).toHaveLength(2);
  await vi.waitFor(() => expect(runs.list).toHaveLength(1));
  flushSync();
  const before = drawn;
  for (const number of [1, 2, 3]) become(step(number));
  expect(asked).toHaveLength(2);
  expect(drawn).toBe(before);
  become({ epochs: [{ kind: 'epoch', phase: 0, epoch: 0, loss: 1, accuracy: 0.5, valLoss: null, valAccuracy: null, seconds: 3, secondsLeft: null }] });
  expect(drawn).toBe(before + 1);
  expect(runs.list?.[0]?.seconds).toBe(3);
  become({ data: null });
  expect(runs.list).toBeNull();
});

it('a phase is measured again when its measurement was stopped along with something else, not when it was refused', async () => {
  vi.useFakeTimers();
  const errors = [new TsugikiError('stopped', 'Stopped.'), new TsugikiError('unexpected', 'No room.')];
  const asked = answer({ 'network:measure': () => Promise.reject(errors.shift() ?? new Error('asked once more')) });
  session.adopt({ ...emptySession(), data: dataSummary() });
  shown(() => cost.follow(() => network));
  for (let n = 0; n < 4; n++) {
    await vi.advanceTimersByTimeAsync(1000);
    flushSync();
  }
  vi.useRealTimers();
  expect(asked.map(({ name }) => name)).toEqual(['network:measure', 'network:measure']);
});
