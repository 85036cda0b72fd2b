/**
 * What is worth saying of a run, each with its evidence in numbers and a change of the recipe that would help. A rule is a function of the
 * session; its thresholds are such that a run without the fault does not cross them by chance.
 */
import { type EpochProgress, type Phase, type Recipe, type Session, changesPictures } from '../../electron/contract';
import { lastMap } from './input-size';
import { betterRecipe } from './presets';

export type AdviceId =
  | 'diverged' | 'rate_high' | 'no_better_than_chance' | 'dead_features' | 'small_input' | 'scale' | 'unfreezing' | 'few_pictures' | 'overfitting' | 'rate_low' | 'uneven' | 'variants' | 'longer';

export interface Advice {
  readonly id: AdviceId;
  /** The evidence, and what the cure sets. */
  readonly figures: Readonly<Record<string, number>>;
  /** Name of the phase that it is about; '' for the whole run. */
  readonly phase: string;
  readonly cure: (recipe: Recipe) => Recipe;
}

type Rule = (session: Session) => Advice | null;

/** The phase that was reached, and its epochs so far. */
function reached({ recipe, epochs, step }: Session): { index: number; phase: Phase; epochs: EpochProgress[] } | null {
  const index = step?.phase ?? epochs.at(-1)?.phase ?? 0;
  const phase = recipe?.phases[index];
  return phase ? { index, phase, epochs: epochs.filter((epoch) => epoch.phase === index) } : null;
}

const withPhase = (index: number, part: Partial<Phase>) => (recipe: Recipe): Recipe => ({
  ...recipe,
  phases: recipe.phases.map((phase, i) => (i === index ? { ...phase, ...part } : phase))
});

const withRate = (index: number, { optimizer }: Phase, factor: number) => {
  const learningRate = Number((optimizer.learningRate * factor).toPrecision(3));
  return { rate: learningRate, cure: withPhase(index, { optimizer: { ...optimizer, learningRate } }) };
};

const accuracyOf = (epoch: EpochProgress): number => epoch.valAccuracy ?? epoch.accuracy;

/** Keras' default rates: what a head learns well with. */
const usualRate = ({ optimizer }: Phase): number => (optimizer.name === 'sgd' ? 0.01 : 0.001);

/** The loss is no number any more. A tenth: learning rates are found by powers of ten (Bengio 2012). */
const diverged: Rule = (session) => {
  const at = reached(session);
  if (session.status !== 'failed' || session.error?.code !== 'diverged' || !at) return null;
  const { rate, cure } = withRate(at.index, at.phase, 0.1);
  return { id: 'diverged', figures: { from: at.phase.optimizer.learningRate, rate }, phase: at.phase.name, cure };
};

/** Where nearly all is right already, a loss is so small that it says little how it moves. */
const NEARLY_ALL = 0.95;
/** With a rate that fits, the mean loss of an epoch wavers by some percent; half as high again as the lowest so far is a jump. */
const JUMP = 1.5;

const rateHigh: Rule = (session) => {
  const at = reached(session);
  const last = at?.epochs.at(-1);
  if (!at || !last) return null;
  const lowest = Math.min(...at.epochs.map(({ loss }) => loss));
  if (last.loss < lowest * JUMP || last.accuracy >= NEARLY_ALL) return null;
  const { rate, cure } = withRate(at.index, at.phase, 0.1);
  return { id: 'rate_high', figures: { lowest, loss: last.loss, from: at.phase.optimizer.learningRate, rate }, phase: at.phase.name, cure };
};

/** One epoch may pass before a head says anything; after two, half as good again as guessing is little to ask. */
const FIRST_EPOCHS = 2;
const BETTER_THAN_CHANCE = 1.5;
/** Above three times Keras' default a rate is the first thing to suspect. */
const HIGH_RATE = 3;

const noBetterThanChance: Rule = (session) => {
  const at = reached(session);
  const classes = session.data?.classNames.length ?? 0;
  const last = at?.epochs.at(-1);
  // Of two classes, one and a half times chance is 75 %.
  if (!at || !last || classes < 3 || at.epochs.length < FIRST_EPOCHS || at.phase.optimizer.learningRate < HIGH_RATE * usualRate(at.phase)) return null;
  const best = Math.max(...at.epochs.map(accuracyOf));
  if (best >= BETTER_THAN_CHANCE / classes) return null;
  const { rate, cure } = withRate(at.index, at.phase, 0.1);
  return { id: 'no_better_than_chance', figures: { accuracy: best, chance: 1 / classes, epochs: at.epochs.length, from: at.phase.optimizer.learningRate, rate }, phase: at.phase.name, cure };
};

/** MobileNetV2 on CIFAR-10: 88 % of the features never fire at 32 px, none at 64 px and above. */
const MANY_DEAD = 0.5;

const better = (recipe: Recipe): Recipe => {
  const { inputSize, scale } = betterRecipe(recipe);
  // A phase with a size of its own would keep the fault.
  return { ...recipe, inputSize, scale, phases: recipe.phases.map(({ inputSize: _, ...phase }) => phase) };
};

const deadFeatures: Rule = ({ recipe, phases }) => {
  const dead = Math.max(0, ...phases.map((phase) => phase.deadFeatures ?? 0));
  if (!recipe || dead < MANY_DEAD || isBetter(recipe)) return null;
  return { id: 'dead_features', figures: { share: dead, size: recipe.inputSize, to: betterRecipe(recipe).inputSize }, phase: '', cure: better };
};

const isBetter = (recipe: Recipe): boolean => {
  const { inputSize, scale } = betterRecipe(recipe);
  return recipe.inputSize === inputSize && recipe.scale === scale;
};

/** Where nothing is known of the features: a last map of 1 x 1 has no room for where things are. */
const smallInput: Rule = (session) => {
  const { recipe, epochs } = session;
  const map = recipe ? lastMap(recipe.inputSize) : 0;
  if (!recipe || map !== 1 || epochs.length === 0 || Math.max(...epochs.map(accuracyOf)) >= LOW_ACCURACY || deadFeatures(session)) return null;
  return { id: 'small_input', figures: { size: recipe.inputSize, map, to: betterRecipe(recipe).inputSize }, phase: '', cure: better };
};

/** With the backbone's own scaling the lesson's head reaches 0.80 on CIFAR-10 at 96 px, as measured with Keras. */
const LOW_ACCURACY = 0.7;

const scale: Rule = ({ recipe, epochs }) => {
  const best = Math.max(0, ...epochs.map(accuracyOf));
  if (!recipe || recipe.scale === '-1..1' || epochs.length < FIRST_EPOCHS || best >= LOW_ACCURACY) return null;
  return { id: 'scale', figures: { accuracy: best }, phase: '', cure: (own) => ({ ...own, scale: '-1..1' }) };
};

/** The head met other numbers than it was trained on: a rate as small as fine-tuning's does not double a loss by itself. */
const UNFREEZING_JUMP = 2;

const unfreezing: Rule = (session) => {
  const at = reached(session);
  const first = at?.epochs[0];
  const before = session.epochs.filter((epoch) => epoch.phase === (at?.index ?? 0) - 1).at(-1);
  if (!at || !first || !before || at.phase.keepBatchNormFrozen || (at.phase.trainableFrom === null && !at.phase.trainable)) return null;
  if (first.loss < before.loss * UNFREEZING_JUMP || accuracyOf(first) >= NEARLY_ALL) return null;
  return { id: 'unfreezing', figures: { before: before.loss, after: first.loss }, phase: at.phase.name, cure: withPhase(at.index, { keepBatchNormFrozen: true }) };
};

/** Rising for fewer epochs than this may be chance. */
const RISING_EPOCHS = 3;
/** Epochs that a run then waits for a better one. */
const PATIENCE = 2;

/** For how many last epochs validation loss has risen while training loss fell. */
function rising(epochs: readonly EpochProgress[]): number {
  let count = 0;
  for (let i = epochs.length - 1; i > 0; i--) {
    const [before, now] = [epochs[i - 1]!, epochs[i]!];
    if (now.valLoss === null || before.valLoss === null || now.valLoss <= before.valLoss || now.loss >= before.loss) break;
    count++;
  }
  return count;
}

const overfitting: Rule = (session) => {
  const at = reached(session);
  const count = at ? rising(at.epochs) : 0;
  if (!at || count < RISING_EPOCHS || at.phase.earlyStopping) return null;
  const [from, last] = [at.epochs.at(-1 - count)!, at.epochs.at(-1)!];
  return {
    id: 'overfitting',
    figures: { count, from: from.valLoss!, to: last.valLoss!, training: last.loss, patience: PATIENCE },
    phase: at.phase.name,
    cure: withPhase(at.index, { earlyStopping: { patience: PATIENCE } })
  };
};

/** Pictures a class below which more of them, even made ones, help most. */
const FEW_A_CLASS = 500;
/** On 100 validation pictures an accuracy is known to within 0.1 (two standard errors): a wider gap is no chance. */
const WIDE_GAP = 0.15;
/** Changed variants that are kept of each picture: about as many times the work before the phase. */
const VARIANTS = 4;

const fewPictures: Rule = (session) => {
  const at = reached(session);
  const last = at?.epochs.at(-1);
  const classes = session.data?.classNames.length ?? 0;
  if (!at || !last || last.valAccuracy === null || classes === 0) return null;
  const [each, gap] = [session.trainCount / classes, last.accuracy - last.valAccuracy];
  if (each >= FEW_A_CLASS || gap < WIDE_GAP) return null;
  const figures = { each: Math.round(each), training: last.accuracy, validation: last.valAccuracy };
  const augmented = at.phase.augmentation !== undefined && changesPictures(at.phase.augmentation);
  if (!augmented) {
    const augmentation = { flip: 'horizontal', shift: 0.1, crop: 0, rotation: 0, zoom: 0.1, brightness: 0, contrast: 0, cutout: 0, mixup: 0, variants: VARIANTS } as const;
    return { id: 'few_pictures', figures: { ...figures, augment: 1 }, phase: at.phase.name, cure: withPhase(at.index, { augmentation }) };
  }
  const learns = at.phase.trainableFrom !== null || at.phase.trainable !== undefined;
  return learns && !at.phase.keepBatchNormFrozen ? { id: 'few_pictures', figures: { ...figures, augment: 0 }, phase: at.phase.name, cure: withPhase(at.index, { keepBatchNormFrozen: true }) } : null;
};

/** In its first epochs a head's loss falls by several percent an epoch (6 % in the lesson, 41 % at 96 px); a tenth of Keras' rate or less is then to blame. */
const BARELY = 0.01;
const LOW_RATE = 0.1;
const rateLow: Rule = (session) => {
  const at = reached(session);
  const [first, second] = at?.epochs ?? [];
  if (!at || !first || !second || second.accuracy >= NEARLY_ALL || at.phase.optimizer.learningRate > LOW_RATE * usualRate(at.phase)) return null;
  const fall = 1 - second.loss / first.loss;
  if (fall < 0 || fall >= BARELY) return null;
  const { rate, cure } = withRate(at.index, at.phase, 10);
  return { id: 'rate_low', figures: { from: first.loss, to: second.loss, now: at.phase.optimizer.learningRate, rate }, phase: at.phase.name, cure };
};

/** Three to one: a network that always names the larger of two classes is right three times out of four. */
const UNEVEN = 3;

const uneven: Rule = ({ recipe, data, epochs }) => {
  const filled = data?.classCounts.filter((count) => count > 0) ?? [];
  const [most, least] = [Math.max(...filled), Math.min(...filled)];
  if (!recipe || recipe.classWeight !== undefined || epochs.length === 0 || filled.length < 2 || most < UNEVEN * least) return null;
  return { id: 'uneven', figures: { most, least }, phase: '', cure: (own) => ({ ...own, classWeight: 'balanced' }) };
};

/** Variants that a phase was to keep of each picture and cannot, for want of room. */
const variants: Rule = (session) => {
  const at = reached(session);
  const wanted = at?.phase.augmentation?.variants ?? 0;
  if (!at || wanted === 0 || session.phases[at.index]?.variants !== 0) return null;
  const fewer = Math.floor(wanted / 2);
  return { id: 'variants', figures: { count: wanted, fewer }, phase: at.phase.name, cure: withPhase(at.index, { augmentation: { ...at.phase.augmentation!, variants: fewer } }) };
};

/** Of some hundred pictures not one is wrong. */
const ALL = 0.995;
/** Less than this in the last epoch, and as many epochs again would hardly be seen. */
const STILL_FALLING = 0.01;

const longer: Rule = (session) => {
  const at = reached(session);
  if (!at || session.status !== 'finished' || session.resumable || at.index !== (session.recipe?.phases.length ?? 0) - 1) return null;
  const end = at.epochs.at(-1);
  // Where all is right a loss falls on for ever, and nothing comes of it.
  if (!end || accuracyOf(end) >= ALL) return null;
  const losses = at.epochs.map(({ loss, valLoss }) => valLoss ?? loss);
  const [before, last] = losses.slice(-2);
  if (before === undefined || last === undefined || last > Math.min(...losses) || last > before * (1 - STILL_FALLING)) return null;
  const epochs = at.phase.epochs * 2;
  return { id: 'longer', figures: { before, last, epochs }, phase: at.phase.name, cure: withPhase(at.index, { epochs }) };
};

/** The gravest first: what makes the run useless, what caps it, what would polish it. */
const RULES: readonly Rule[] = [diverged, rateHigh, noBetterThanChance, deadFeatures, smallInput, scale, unfreezing, fewPictures, overfitting, rateLow, uneven, variants, longer];

/** More than two at a time are not read. */
const AT_ONCE = 2;

/** All that is worth saying; of a scaling that another advice mends as well, nothing. */
export function adviceFor(session: Session): Advice[] {
  const all = RULES.flatMap((rule) => rule(session) ?? []);
  const enlarges = all.some(({ id }) => id === 'dead_features' || id === 'small_input');
  return all.filter(({ id }) => !(enlarges && id === 'scale')).slice(0, AT_ONCE);
}
