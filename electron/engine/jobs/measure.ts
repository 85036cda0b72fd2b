/** What a phase costs on this machine, from a few steps of it. */
import type { MeasuredCost, Phase, Recipe } from '../../contract';
import type { JobContext } from '../context';
import type { Dataset } from '../data/dataset';
import { layersBelow } from '../graph/cut';
import { attachHead } from '../model/head';
import { initialWeights } from '../model/initial-weights';
import { sizeOf } from '../model/layers';
import { mobileNetV2 } from '../model/mobilenet-v2';
import { trainableLayers } from '../model/trainable';
import { stepsOf } from '../training/fit';
import { measurePhase } from '../training/measure-phase';
import { type PhaseWork, secondsAnEpoch, secondsBefore } from '../training/phase-cost';
import { type Grafted, type Plan, planExamples, rowsOf } from '../training/phase-examples';

export interface MeasureInput {
  readonly recipe: Recipe;
  readonly phase: number;
  /** Null where no pictures are open yet: then for CIFAR-10's 50,000. */
  readonly dataset: Dataset | null;
}

const CIFAR10 = { trainCount: 50_000, validationCount: 0, testCount: 10_000, classNames: Array.from({ length: 10 }, String), pictureSize: 32 };
const FLOAT = 4;
/** A weight, its gradient, and the two moments of Adam and its kin. */
const COPIES: Record<Phase['optimizer']['name'], number> = { sgd: 3, rmsprop: 3, adam: 4, adamw: 4 };

/**
 * As if nothing were kept yet of the pictures. Reads no picture and no weight file: neither changes how long a step takes.
 * @throws TsugikiError unknown_layer; StoppedError when the job is stopped
 */
export async function measure({ recipe, phase: index, dataset }: MeasureInput, context: JobContext): Promise<MeasuredCost> {
  const phase = recipe.phases[index];
  if (!phase) throw new Error(`There is no phase ${index} in the recipe.`);
  const { trainCount, validationCount, testCount, classNames, pictureSize } = dataset?.summary ?? CIFAR10;
  const { inputSize = recipe.inputSize } = phase;
  const network = attachHead(mobileNetV2({ alpha: recipe.alpha, inputSize }), recipe.head, Math.max(2, classNames.length));
  const imageSize = pictureSize ?? recipe.inputSize;
  const grafted: Grafted = { network, input: { imageSize, inputSize, scale: recipe.scale }, trainable: trainableLayers(network, phase) };

  const used = Math.min(recipe.limit, trainCount);
  const training = validationCount > 0 ? used : Math.floor(used * (1 - recipe.validationSplit));
  const validation = validationCount > 0 ? validationCount : used - training;
  const others = validation + testCount;
  const plan = planExamples(grafted, phase.augmentation, training, others);
  const cost = await measurePhase(grafted, recipe, index, plan, initialWeights(network, recipe.seed), context);
  const { allSteps, epochs } = stepsOf(phase, training, recipe.batchSize);
  const rows = rowsOf(plan, training, others);
  const work: PhaseWork = { pictures: rows, steps: allSteps, epochs, validation, test: testCount };
  const kept = plan.cut.atInput ? (training + others) * 3 * imageSize ** 2 : rows * plan.cut.size * FLOAT;
  return { secondsBefore: secondsBefore(cost, work), secondsPerEpoch: secondsAnEpoch(cost, work), bytes: kept + bytesOfStep(grafted, plan, phase, recipe.batchSize) };
}

/** Weights with what the optimizer keeps of them, and the maps of one batch, forward and back. */
function bytesOfStep({ network, trainable }: Grafted, { cut }: Plan, { optimizer }: Phase, batchSize: number): number {
  const tail = network.layers.slice(layersBelow(network, cut).length);
  const weights = tail.reduce((sum, layer) => sum + layer.weights.reduce((own, { shape }) => own + sizeOf(shape) * (trainable.has(layer.name) ? COPIES[optimizer.name] : 1), 0), 0);
  const maps = tail.reduce((sum, { outputShape }) => sum + sizeOf(outputShape), 0);
  return FLOAT * (weights + 2 * maps * batchSize);
}
