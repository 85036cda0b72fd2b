/** What phases cost on this machine: reckoned at once, put right by what was measured of them in the background and in runs. */
import type { NetworkInfo, Phase, Recipe } from '../../electron/contract';
import { call } from '../api';
import { sentenceOf } from '../lib/errors';
import { type Cost, type Measurement, ratioAt, reckon } from '../lib/estimate';
import { picturesFor, type Pictures } from '../lib/keeping';
import { resized } from '../lib/resized';
import { recipe } from './recipe.svelte';
import { run } from './run.svelte';
import { session } from './session.svelte';

/** Milliseconds without a change after which the machine is tried. */
const REST = 700;

/** `guess`: nothing has been measured yet; `reckoned`: from measurements of other phases; `measured`: this very one. */
export type Basis = 'guess' | 'reckoned' | 'measured';

interface Known extends Measurement {
  /** All that a step depends on. */
  readonly key: string;
  /** The same for what comes before the first epoch; null where it comes from a run's epochs. */
  readonly ratioBefore: number | null;
}

let known = $state.raw<readonly Known[]>([]);
let measuring = $state(false);
/** What could not be measured is not tried again. */
const refused: string[] = [];

const keyOf = ({ alpha, inputSize, scale: _, head, batchSize }: Recipe, phase: Phase): string =>
  JSON.stringify([alpha, phase.inputSize ?? inputSize, head, batchSize, phase.trainable ?? phase.trainableFrom, phase.keepBatchNormFrozen, phase.optimizer.name, phase.augmentation]);

const at = (network: NetworkInfo, whole: Recipe, phase: Phase): NetworkInfo => resized(network, phase.inputSize ?? whole.inputSize);

/** What the run's own epochs have shown, where it trained a network of this width. */
function shown(network: NetworkInfo): Known[] {
  const { recipe: whole, epochs, trainCount, validationCount } = session.now;
  if (!whole || whole.alpha !== network.alpha) return [];
  return whole.phases.flatMap((phase, index): Known[] => {
    // The last epoch counts: the first holds what happens only once.
    const seconds = epochs.filter((epoch) => epoch.phase === index).at(-1)?.seconds;
    if (seconds === undefined) return [];
    const own = at(network, whole, phase);
    const reckoned = reckon(own, whole, phase, { training: trainCount, validation: validationCount, test: 0 }).secondsPerEpoch;
    return [{ key: keyOf(whole, phase), alpha: own.alpha, inputSize: own.inputSize, reckoned, ratio: seconds / reckoned, ratioBefore: null }];
  });
}

async function measure(wish: { recipe: Recipe; phase: number }, key: string, network: NetworkInfo): Promise<void> {
  measuring = true;
  try {
    const measured = await call('network:measure', wish);
    const phase = wish.recipe.phases[wish.phase]!;
    const own = at(network, wish.recipe, phase);
    const guess = reckon(own, wish.recipe, phase, picturesFor(wish.recipe, session.now.data));
    const { secondsPerEpoch: reckoned, secondsBefore } = guess;
    known = [...known, { key, alpha: own.alpha, inputSize: own.inputSize, reckoned, ratio: measured.secondsPerEpoch / reckoned, ratioBefore: measured.secondsBefore / secondsBefore }];
  } catch (error) {
    // Nobody asked for it: the guess stays. One that was stopped along with something else is tried again.
    if (sentenceOf(error) !== null) refused.push(key);
    if (session.now.stage?.stage === 'measure') session.clearStage();
  } finally {
    measuring = false;
  }
}

export const cost = {
  get measuring(): boolean {
    return measuring;
  },
  get pictures(): Pictures {
    return picturesFor(recipe.now, session.now.data);
  },
  /** @param network as the engine described it */
  of(network: NetworkInfo, whole: Recipe, phase: Phase): Cost & { basis: Basis } {
    const key = keyOf(whole, phase);
    const runs = shown(network);
    // What a run has shown of a phase goes before what was tried of it.
    const measurements = [...runs, ...known.filter((tried) => runs.every((run) => run.key !== tried.key))];
    const own = at(network, whole, phase);
    const guess = reckon(own, whole, phase, picturesFor(whole, session.now.data));
    const exact = measurements.find((measured) => measured.key === key);
    const ratio = exact?.ratio ?? ratioAt(measurements, own, guess.secondsPerEpoch);
    const basis = exact ? 'measured' : measurements.length > 0 ? 'reckoned' : 'guess';
    return { ...guess, secondsBefore: guess.secondsBefore * (exact?.ratioBefore ?? ratio), secondsPerEpoch: guess.secondsPerEpoch * ratio, basis };
  },
  /** Measures the phase that is looked at when it has been left alone for a moment; call once, while a component is being set up. */
  follow(network: () => NetworkInfo | null): void {
    $effect(() => {
      const info = network();
      const key = keyOf(recipe.now, recipe.phase);
      if (info?.alpha !== recipe.now.alpha || !session.now.data || measuring || run.active || refused.includes(key) || known.some((measured) => measured.key === key)) return;
      const wish = { recipe: recipe.now, phase: recipe.editing };
      const timer = setTimeout(() => void measure(wish, key, info), REST);
      return () => clearTimeout(timer);
    });
  }
};
