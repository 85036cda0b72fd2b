/** A few real steps of a phase on made-up pixels: what it costs on this machine. */
import type { Phase, Progress, Recipe } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from '../data/dataset';
import { FeatureCache } from '../data/feature-cache';
import { picturesARun } from '../graph/inference';
import { Trainer } from '../graph/trainer';
import { outputLayer, sizeOf, type Weights } from '../model/layers';
import { Random } from '../model/random';
import { drawMixup } from './augmentation';
import { evaluate } from './fit';
import type { PhaseCost } from './phase-cost';
import { type Grafted, makePhaseExamples, type Plan } from './phase-examples';

/** A measurement goes on for so long, after a step that is not counted. */
const SECONDS = 0.6;
/** A first step that takes longer is followed by one only. */
const LONG_STEP = 1;

/** By all that a step depends on. Of this process: on another day the machine may be busy with other things. */
const known = new Map<string, PhaseCost>();

/**
 * @param index place of the phase in the recipe
 * @param weights any that fit: how long a step takes does not depend on their values
 * @throws StoppedError when the job is stopped
 */
export async function measurePhase(grafted: Grafted, recipe: Recipe, index: number, plan: Plan, weights: Weights, context: JobContext): Promise<PhaseCost> {
  const phase = recipe.phases[index] as Phase;
  const key = keyOf(grafted, recipe, phase, plan);
  const found = known.get(key);
  if (found) return found;
  const report = (done: number): void => context.report({ kind: 'stage', stage: 'measure', done, total: 1, unit: 'parts', secondsLeft: null });
  report(0);
  const cost = await measured(grafted, recipe, phase, plan, weights, context);
  known.set(key, cost);
  report(1);
  return cost;
}

const keyOf = ({ network, input, trainable }: Grafted, { head, batchSize, labelSmoothing, l2, classWeight }: Recipe, { optimizer, augmentation }: Phase, { cut, variants }: Plan): string =>
  JSON.stringify([
    network.name, outputLayer(network).outputShape, input, [...trainable], head, batchSize, [labelSmoothing, l2, classWeight].map(Boolean), optimizer.name, optimizer.emaMomentum, augmentation,
    cut.size, variants
  ]);

async function measured(grafted: Grafted, recipe: Recipe, phase: Phase, plan: Plan, weights: Weights, context: JobContext): Promise<PhaseCost> {
  const classes = sizeOf(outputLayer(grafted.network).outputShape);
  // Two runs of the frozen part: the first compiles it.
  const set = madeUp(Math.max(recipe.batchSize, 2 * picturesARun(grafted.input.inputSize)), grafted.input.imageSize, classes);
  const pace = new FeaturePace();
  const { cut, training, others, dispose } = await makePhaseExamples(
    grafted, set, [set], weights, { ...phase, seed: recipe.seed }, { ...context, report: (progress) => pace.hear(progress) },
    // One variant of each picture stands for all, and nothing of it is kept beyond.
    { plan: { ...plan, variants: Math.min(1, plan.variants) }, cache: new FeatureCache({ memory: Infinity, disk: 0, folder: '' }) }
  );
  const began = performance.now();
  const secondsSince = (start: number): number => (performance.now() - start) / 1000;
  const mixup = phase.augmentation?.mixup ?? 0;
  const trainer = new Trainer(
    { ...grafted, cut, optimizer: phase.optimizer, labelSmoothing: recipe.labelSmoothing, l2: recipe.l2, weighted: recipe.classWeight !== undefined, mixup: mixup > 0, seed: recipe.seed },
    weights
  );
  try {
    const random = new Random(recipe.seed);
    const positions = Int32Array.from({ length: recipe.batchSize }, (_, i) => i);
    const step = (): number => {
      const start = performance.now();
      trainer.step({ ...training.gather(positions, 0), ...(mixup > 0 && { mix: drawMixup(mixup, positions.length, random) }) }, phase.optimizer.learningRate);
      return secondsSince(start);
    };
    const first = step();
    const compile = secondsSince(began);
    await context.breathe();
    const steps: number[] = [];
    const start = performance.now();
    do {
      steps.push(step());
      await context.breathe();
    } while (first < LONG_STEP && secondsSince(start) < SECONDS);
    const tested = others[0] ?? training;
    await evaluate(trainer, { count: Math.min(tested.count, 8), gather: (which, epoch) => tested.gather(which, epoch) }, context);
    const testing = performance.now();
    await evaluate(trainer, tested, context);
    return { compile, picture: pace.secondsAPicture, step: middle(steps), tested: secondsSince(testing) / tested.count };
  } finally {
    trainer.dispose();
    dispose();
  }
}

/** Noise: TensorFlow's arithmetic takes as long on it as on pictures. */
function madeUp(count: number, size: number, classes: number): ImageSet {
  const random = new Random(0);
  const pixels = Uint8Array.from({ length: count * size * size * 3 }, () => random.next() * 256);
  return { count, height: size, width: size, pixels, labels: Int32Array.from({ length: count }, (_, i) => i % classes) };
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** How fast pictures go through the frozen part, from what is reported of it. */
class FeaturePace {
  #heard: { done: number; at: number }[] = [];

  hear(progress: Progress): void {
    if (progress.kind === 'stage' && progress.stage === 'features') this.#heard.push({ done: progress.done, at: performance.now() });
  }

  /** 0 where nothing went through. */
  get secondsAPicture(): number {
    const [first, last] = [this.#heard[0], this.#heard[this.#heard.length - 1]];
    return first && last && last.done > first.done ? (last.at - first.at) / 1000 / (last.done - first.done) : 0;
  }
}
