/** The learning-rate range test (Smith 2017, section 3.3): the rate grows from step to step while the loss is watched. */
import type { LearningRateRange } from '../../contract';
import type { JobContext } from '../context';
import { Trainer } from '../graph/trainer';
import { Random } from '../model/random';
import { Pace } from '../training/pace';
import { makePhaseExamples } from '../training/phase-examples';
import { suggestRate } from '../training/suggest-rate';
import { prepare, type Wanted } from './prepare';

/** The rates tried, on a logarithmic scale. */
const LOWEST = 1e-7;
const HIGHEST = 10;
const STEPS = 100;
/** The test ends when the loss is this many times its best: beyond, there is nothing to be seen. */
const DIVERGED = 4;

/**
 * Tries rates on one phase, from the weights the recipe starts from; whatever is trained is thrown away.
 * @param phase index in the recipe
 * @throws StoppedError when the job is stopped
 */
export async function findLearningRate({ phase: index, ...wanted }: Wanted & { readonly phase: number }, context: JobContext): Promise<LearningRateRange> {
  const { recipe } = wanted;
  const phase = recipe.phases[index];
  if (!phase) throw new Error(`There is no phase ${index} in the recipe.`);
  const { sets, weights, graft } = await prepare(wanted, null, context);
  const grafted = graft(phase);
  const { cut, training, dispose } = await makePhaseExamples(grafted, sets.train, [], weights, { ...phase, seed: recipe.seed }, context);
  const trainer = new Trainer({ ...grafted, cut, optimizer: phase.optimizer, labelSmoothing: recipe.labelSmoothing, l2: recipe.l2, seed: recipe.seed }, weights);
  const points: { learningRate: number; loss: number }[] = [];
  try {
    const { count } = training;
    const order = new Random(recipe.seed).shuffle(Int32Array.from({ length: count }, (_, i) => i));
    const pace = new Pace(STEPS);
    for (let step = 0; step < STEPS; step++) {
      const learningRate = LOWEST * (HIGHEST / LOWEST) ** (step / (STEPS - 1));
      // Small sets are gone through more than once.
      const positions = Int32Array.from({ length: Math.min(recipe.batchSize, count) }, (_, i) => order[(step * recipe.batchSize + i) % count] as number);
      const { loss } = trainer.step(training.gather(positions, 0), learningRate);
      if (!Number.isFinite(loss)) break;
      points.push({ learningRate, loss });
      context.report({ kind: 'stage', stage: 'learning_rate', unit: 'parts', ...pace.advance(1) });
      await context.breathe();
      if (points.length > 10 && loss > DIVERGED * Math.min(...points.map((point) => point.loss))) break;
    }
  } finally {
    trainer.dispose();
    dispose();
  }
  return { points, suggestion: suggestRate(points) };
}
