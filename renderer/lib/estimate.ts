/** What a phase will cost, before it is run: seconds an epoch and memory, from the network's own figures. */
import type { NetworkInfo, Phase, Recipe, Session } from '../../electron/contract';
import { trainableLayers } from './trainable';

/** Multiply-adds a second of an ordinary machine, until this one has shown its own. */
const FIRST_GUESS = 1.5e10;
/** Seconds a step takes beside its arithmetic. */
const STEP_OVERHEAD = 0.004;
/** A backward pass costs about two forward passes. */
const TRAINING = 3;
const FLOAT = 4;

export interface Cost {
  secondsPerEpoch: number;
  /** Pictures or features kept at hand, weights with their gradients and Adam's two moments, and the maps of one batch. */
  bytes: number;
}

/** The network cut below its lowest trainable layer. */
function tailOf(network: NetworkInfo, phase: Phase): { multiplyAdds: number; outputs: number; trainable: number; cut: number } {
  const learning = trainableLayers(network, phase);
  const layers = network.blocks.flatMap((block) => block.layers);
  const first = layers.findIndex((layer) => learning.has(layer.name));
  const numbers = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
  const tail = layers.slice(first);
  return {
    multiplyAdds: tail.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    outputs: tail.reduce((sum, layer) => sum + numbers(layer.outputShape), 0),
    trainable: tail.reduce((sum, layer) => sum + (learning.has(layer.name) ? layer.trainableParameters : 0), 0),
    // Pixels are kept as bytes; features as floats.
    cut: first <= 1 ? 3 * network.inputSize ** 2 : FLOAT * numbers(layers[first - 1]?.outputShape ?? [])
  };
}

/** What one epoch goes through. */
export const passes = (recipe: Recipe, pictures: number): { training: number; validation: number; steps: number } => {
  const training = Math.floor(pictures * (1 - recipe.validationSplit));
  return { training, validation: pictures - training, steps: Math.ceil(training / recipe.batchSize) };
};

/** Arithmetic of one epoch: multiply-adds forward and back, and forward only on the validation data. */
const work = (network: NetworkInfo, recipe: Recipe, phase: Phase, pictures: number): number => {
  const { training, validation } = passes(recipe, pictures);
  return tailOf(network, phase).multiplyAdds * (training * TRAINING + validation);
};

/** Multiply-adds a second that this machine has shown in the session's run; a first guess before. */
export function speedOf(network: NetworkInfo, session: Session): number {
  const { recipe } = session;
  const last = session.epochs.at(-1);
  const phase = last && recipe?.phases[last.phase];
  // A run on another network says nothing about this one.
  if (!recipe || !phase || recipe.alpha !== network.alpha || recipe.inputSize !== network.inputSize) return FIRST_GUESS;
  const pictures = session.trainCount + session.validationCount;
  const seconds = last.seconds - passes(recipe, pictures).steps * STEP_OVERHEAD;
  return seconds > 0 ? Math.max(FIRST_GUESS / 20, work(network, recipe, phase, pictures) / seconds) : FIRST_GUESS;
}

/** @param pictures of the training part that are used, validation included */
export function costOf(network: NetworkInfo, recipe: Recipe, phase: Phase, pictures: number, speed: number): Cost {
  const { outputs, trainable, cut } = tailOf(network, phase);
  return {
    secondsPerEpoch: work(network, recipe, phase, pictures) / speed + passes(recipe, pictures).steps * STEP_OVERHEAD,
    bytes: cut * pictures + FLOAT * (4 * trainable + 2 * outputs * recipe.batchSize)
  };
}
