/** Recipes drawn at random, every setting among them; the same seed draws the same. */
import * as v from 'valibot';
import { FLIPS, type Recipe, RecipeSchema } from '../../electron/contract';
import { Random } from '../../electron/engine/model/random';

const MONITORS = ['loss', 'accuracy', 'val_loss', 'val_accuracy'] as const;

/** @param epochs of each phase at most */
export function randomRecipe(seed: number, classNames: readonly string[], epochs = 3): Recipe {
  const random = new Random(seed);
  const chance = (share = 0.5): boolean => random.next() < share;
  const one = <T>(values: readonly T[]): T => values[Math.floor(random.next() * values.length)] as T;
  const some = <T>(value: T): T | undefined => (chance() ? value : undefined);
  const share = (most: number): number => Number((random.next() * most).toFixed(3));
  const whole = (least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));
  const amount = (most: number): number => (chance(0.3) ? share(most) : 0);

  const schedule = (): unknown =>
    one([
      undefined,
      { name: 'cosine', decaySteps: some(whole(1, 50)), alpha: some(share(0.5)), warmupSteps: some(whole(1, 5)), warmupFrom: some(1e-7) },
      { name: 'exponential', decaySteps: whole(1, 9), decayRate: 0.9, staircase: some(chance()) },
      { name: 'reduceOnPlateau', monitor: some(one(MONITORS)), factor: some(0.5), patience: some(whole(0, 3)), minDelta: some(0.001), cooldown: some(1), minLearningRate: some(1e-6) }
    ]);
  const optimizer = (): unknown => {
    const clipping = one([{}, { clipnorm: 1.5 }, { globalClipnorm: 2 }]);
    const adaptive = { beta1: some(0.8), beta2: some(0.99), epsilon: some(1e-6) };
    const own = one([
      { name: 'sgd', momentum: some(0.9), nesterov: some(chance()) },
      { name: 'rmsprop', rho: some(0.8), momentum: some(0.5), epsilon: some(1e-5), centered: some(chance()) },
      { name: 'adam', ...adaptive },
      { name: 'adamw', ...adaptive, weightDecay: some(0.01) }
    ]);
    return { ...own, ...clipping, learningRate: one([0.001, 0.00001, 0.01]), learningRateSchedule: schedule(), emaMomentum: some(0.9) };
  };
  const phase = (index: number): unknown => ({
    name: ['frozen', 'fine_tune', 'more'][index],
    ...one([{ trainableFrom: null }, { trainableFrom: 'all' }, { trainableFrom: 'block_13_expand' }, { trainable: ['Conv_1', 'block_16_project'] }]),
    keepBatchNormFrozen: chance(),
    optimizer: optimizer(),
    epochs: whole(0, epochs),
    inputSize: some(one([32, 64])),
    augmentation: some({
      flip: one(FLIPS), shift: amount(0.3), crop: amount(0.5), rotation: amount(0.4), zoom: amount(0.5), brightness: amount(0.5), contrast: amount(0.5), cutout: amount(0.5), mixup: amount(1), variants: whole(0, 2)
    }),
    earlyStopping: some({ monitor: some(one(MONITORS)), patience: some(whole(0, 2)), minDelta: some(0.01), restoreBestWeights: some(chance()) }),
    maxSteps: some(whole(1, 20))
  });
  // What is not drawn must not be there: the schema knows no key without a value.
  const written = JSON.parse(
    JSON.stringify({
      alpha: 0.35,
      inputSize: one([32, 64, 96]),
      scale: one(['0..1', '-1..1']),
      head: Array.from({ length: whole(0, 3) }, () => one<unknown>([{ units: whole(1, 64), activation: one(['relu', 'linear']) }, { dropout: share(0.5) }])),
      batchSize: whole(4, 64),
      validationSplit: one([0, 0.1, 0.25]),
      shuffle: chance(),
      seed: whole(0, 99),
      limit: one([24, 40, 50000]),
      labelSmoothing: some(0.1),
      classWeight: some(one(['balanced', Object.fromEntries(classNames.map((name, i) => [name, 1 + i]))])),
      l2: some(0.001),
      phases: Array.from({ length: whole(1, 3) }, (_, i) => phase(i))
    })
  ) as unknown;
  return v.parse(RecipeSchema, written);
}
