/**
 * A recipe as the Keras program that does the same, to be read beside the lesson. The lesson's steps are sections under headings
 * (`# 1. …`), so that one step can be shown at a time.
 */
import { type DataSummary, type HeadLayer, type Phase, type Recipe, changesPictures } from '../../contract';
import { augmentationLayers, augmentationRemarks, MIXED } from './keras-script/augmentation';
import { type ScriptData, scriptData } from './keras-script/data';
import { callbacksOf, optimizerCode } from './keras-script/optimizer';
import type { Places } from './keras-script/places';
import { code, invoke, python, spread } from './keras-script/python';

/**
 * @param weights "imagenet", "random" or the path of a Keras .h5
 * @param data null: the lesson's CIFAR-10
 * @param places where its pictures lie
 */
export const kerasScript = (recipe: Recipe, weights: string, data: DataSummary | null, places: Places | null): string => new Script(recipe, weights, scriptData(recipe, data, places)).text();

const STOP_AFTER = `class StopAfter(keras.callbacks.Callback):
    """Ends a phase after so many steps."""

    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def on_epoch_begin(self, epoch, logs=None):
        self.left = self.steps - int(self.model.optimizer.iterations)

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left <= 0:
            self.model.stop_training = True`;

export class Script {
  readonly #mixes: boolean;
  readonly #oneHot: boolean;

  constructor(
    private readonly recipe: Recipe,
    private readonly weights: string,
    private readonly data: ScriptData
  ) {
    this.#mixes = recipe.phases.some(mixes);
    this.#oneHot = oneHot(recipe);
  }

  text(): string {
    const steps = this.#steps();
    // Where no slice is named, Keras splits by itself.
    const named = this.recipe.classWeight === 'balanced' || steps.some(({ lines }) => lines.some((line) => /\[:?learned/.test(line)));
    const split = named && this.data.learned !== null ? [this.data.learned] : [];
    const pictures = { title: this.data.title, lines: [...this.data.lines, ...split, ...this.#labels()] };
    const sections = [pictures, ...steps].map(({ title, lines }, i) => [`# ${i + 1}. ${title}`, ...lines]);
    return `${[this.#preamble(split.length > 0), ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n`;
  }

  /** All but the first. */
  #steps(): { title: string; lines: string[] }[] {
    const [first, ...later] = this.recipe.phases as [Phase, ...Phase[]];
    return [
      { title: 'The base model, and what of it learns', lines: [...this.#base(this.recipe.inputSize, ''), ...(ownSize(first, this.recipe) ? [] : freezing(first, 'base'))] },
      { title: 'New output layers', lines: [...this.#model(this.recipe.inputSize, ''), ...this.#initialWeights()] },
      { title: 'Optimizer and loss', lines: this.#compiling(first, 0) },
      { title: `Training: ${first.name}`, lines: this.#fitting(first) },
      { title: 'The test', lines: this.#testing(first) },
      {
        title: later.length > 0 ? `Training on: ${later.map(({ name }) => name).join(', ')}` : 'There is no second phase',
        lines: later.flatMap((phase, i) => [
          ...(later.length > 1 ? [`# Phase ${phase.name}`] : []),
          ...(ownSize(phase, this.recipe) ? [] : freezing(phase, 'base')),
          ...this.#compiling(phase, i + 1),
          ...this.#fitting(phase),
          ...this.#testing(phase),
          ...(i < later.length - 1 ? [''] : [])
        ])
      },
      { title: 'The model at work', lines: this.#using() }
    ];
  }

  #preamble(splits: boolean): string[] {
    const blends = this.#mixes && this.data.blends;
    const modules = new Set([...this.data.imports, ...(blends || splits ? ['math'] : [])]);
    return [
      ...[...modules].sort().map((name) => `import ${name}`),
      ...(modules.size > 0 ? [''] : []),
      'import keras',
      'import numpy as np',
      'from keras import layers',
      ...(this.data.pillow ? ['from PIL import Image, ImageOps'] : []),
      '',
      ...this.data.beginning,
      `keras.utils.set_random_seed(${this.recipe.seed})  # what is random differs from Tsugiki's, but is the same each time`,
      ...(this.recipe.phases.some(({ maxSteps }) => maxSteps !== undefined) ? ['', '', STOP_AFTER, ''] : []),
      ...(blends ? ['', '', MIXED, ''] : [])
    ];
  }

  /** What becomes of the labels: weights of their classes, and distributions. */
  #labels(): string[] {
    const { classes, labels } = this.data;
    return [...this.#classWeights(), ...(this.#oneHot ? labels.map((y) => `${y} = keras.utils.to_categorical(${y}, ${classes})`) : [])];
  }

  #classWeights(): string[] {
    const { classWeight } = this.recipe;
    if (classWeight === undefined) return [];
    if (classWeight !== 'balanced') return [`weights = ${dictionary(classWeight)}`, 'class_weight = {c: weights.get(name, 1.0) for c, name in enumerate(CLASSES)}'];
    return [`counts = ${this.data.counts}`, 'class_weight = {c: counts.sum() / (len(CLASSES) * n) if n > 0 else 1.0 for c, n in enumerate(counts)}'];
  }

  /** `base`, or `base_64` for a phase that sees pictures of its own size. */
  #base(size: number, suffix: string): string[] {
    const { alpha } = this.recipe;
    const weights = this.weights === 'random' || suffix !== '' ? null : this.weights;
    return [
      `base${suffix} = ${invoke('keras.applications.MobileNetV2', [], { weights, ...(alpha !== 1 && { alpha }), include_top: false, input_shape: code(`(${size}, ${size}, 3)`) })}`
    ];
  }

  #model(size: number, suffix: string): string[] {
    const { head, l2 } = this.recipe;
    const stored = this.data.size;
    const regularizer = l2 ? code(`keras.regularizers.L2(${l2})`) : undefined;
    const hidden = (layer: HeadLayer): string =>
      'dropout' in layer
        ? invoke('layers.Dropout', [layer.dropout])
        : invoke('layers.Dense', [layer.units], { ...(layer.activation !== 'linear' && { activation: layer.activation }), kernel_regularizer: regularizer });
    const stack = [
      `keras.Input((${stored}, ${stored}, 3))`,
      ...this.data.entrance,
      ...(stored === size ? [] : [invoke('layers.Resizing', [size, size])]),
      `base${suffix}`,
      'layers.GlobalAveragePooling2D()',
      ...head.map(hidden),
      invoke('layers.Dense', [this.data.classes], { activation: 'softmax', kernel_regularizer: regularizer })
    ];
    return [`model${suffix} = ${spread('keras.Sequential([', stack, '])')}`];
  }

  #initialWeights(): string[] {
    const path = this.recipe.initialWeights;
    return path === null ? [] : ['for part in (base, model):  # the first weights, by the names of their layers', `    part.load_weights(${python(path)}, by_name=True)`];
  }

  /** Everything from the network as this phase sees it to `compile`. */
  #compiling(phase: Phase, index: number): string[] {
    const { labelSmoothing } = this.recipe;
    const size = ownSize(phase, this.recipe);
    const suffix = size === null ? '' : `_${size}`;
    const known = this.recipe.phases.slice(0, index).some((earlier) => ownSize(earlier, this.recipe) === size);
    const built = size === null || known ? [] : ['# The same network for pictures of another size.', ...this.#base(size, suffix), ...this.#model(size, suffix)];
    const loss = this.#oneHot ? code(invoke('keras.losses.CategoricalCrossentropy', [], { label_smoothing: labelSmoothing || undefined })) : 'sparse_categorical_crossentropy';
    return [
      ...built,
      ...(size === null ? [] : [`model${suffix}.set_weights(model.get_weights())`, ...freezing(phase, `base${suffix}`)]),
      ...this.#augmenting(phase, `model${suffix}`),
      ...this.#stepCount(phase),
      invoke(`${learnerOf(phase, this.recipe)}.compile`, [], { optimizer: code(optimizerCode(phase.optimizer, 'steps')), loss, metrics: ['accuracy'] })
    ];
  }

  #augmenting({ name, augmentation }: Phase, model: string): string[] {
    if (!augmentation) return [];
    const layers = augmentationLayers(augmentation, this.data.range);
    const stack = [`keras.Input((${this.data.size}, ${this.data.size}, 3))`, ...layers, model];
    return [...augmentationRemarks(augmentation), ...(layers.length > 0 ? [`augmented_${name} = ${spread('keras.Sequential([', stack, '])')}`] : [])];
  }

  /** How many steps the phase has, where its schedule wants to know. */
  #stepCount({ optimizer: { learningRateSchedule: schedule }, epochs, maxSteps }: Phase): string[] {
    if (schedule?.name !== 'cosine' || schedule.decaySteps !== undefined) return [];
    const all = `${epochs} * ${this.data.steps}`;
    return [`steps = max(1, ${maxSteps === undefined ? all : `min(${maxSteps}, ${all})`})`];
  }

  #fitting(phase: Phase): string[] {
    const { classWeight } = this.recipe;
    const learner = learnerOf(phase, this.recipe);
    const callbacks = [...callbacksOf(phase, this.data.validated), ...this.data.following(phase.name)];
    const { values, named } = this.data.fed(phase.augmentation?.mixup ?? 0);
    const common = { epochs: phase.epochs, class_weight: classWeight === undefined ? undefined : code('class_weight') };
    const called = { callbacks: callbacks.length > 0 ? callbacks.map(code) : undefined };
    const size = ownSize(phase, this.recipe);
    return [`history_${phase.name} = ${invoke(`${learner}.fit`, values, { ...common, ...named, ...called })}`, ...(size === null ? [] : [`model.set_weights(model_${size}.get_weights())`])];
  }

  #testing(phase: Phase): string[] {
    const { testing } = this.data;
    if (testing === null) return ['# There are no pictures to test on.', ...this.data.kept(phase.name, false)];
    return [`loss, accuracy = ${learnerOf(phase, this.recipe)}.evaluate(${testing})`, 'print(f"Test accuracy: {accuracy:.2f}")', ...this.data.kept(phase.name, true)];
  }

  #using(): string[] {
    const { size, scaled } = this.data;
    return [
      '',
      '',
      'def classify(path):',
      '    """The likeliest class of a picture file, and how sure the model is of it."""',
      `    picture = keras.utils.img_to_array(keras.utils.load_img(path, target_size=(${size}, ${size}), interpolation="bilinear"))`,
      `    probabilities = model.predict(${scaled('picture[np.newaxis]')})[0]`,
      '    return CLASSES[probabilities.argmax()], float(probabilities.max())',
      '',
      '',
      '# print(classify("holiday.jpg"))',
      ...this.data.ending
    ];
  }
}

const dictionary = (weights: Readonly<Record<string, number>>): string => `{${Object.entries(weights).map(([name, weight]) => `${python(name)}: ${weight}`).join(', ')}}`;

const mixes = ({ augmentation }: Phase): boolean => (augmentation?.mixup ?? 0) > 0;

/** Labels as distributions over the classes: what is smoothed or blended is no single class any more. */
export const oneHot = ({ phases, labelSmoothing = 0 }: Recipe): boolean => labelSmoothing > 0 || phases.some(mixes);

/** The phase's input size where it is another than the recipe's. */
const ownSize = ({ inputSize }: Phase, recipe: Recipe): number | null => (inputSize === undefined || inputSize === recipe.inputSize ? null : inputSize);

/** The model that the phase trains: with augmentation in front of it where pictures are changed. */
function learnerOf(phase: Phase, recipe: Recipe): string {
  if (phase.augmentation && changesPictures(phase.augmentation)) return `augmented_${phase.name}`;
  const size = ownSize(phase, recipe);
  return size === null ? 'model' : `model_${size}`;
}

/** Which layers of the base learn in this phase. */
function freezing({ trainableFrom, trainable, keepBatchNormFrozen }: Phase, base: string): string[] {
  if (trainableFrom === null && !trainable) return [`${base}.trainable = False`];
  const from = trainable || trainableFrom === 'all' ? null : trainableFrom;
  const conditions = [
    ...(trainable ? [`layer.name in ${python(trainable)}`] : from ? ['learns'] : []),
    ...(keepBatchNormFrozen ? ['not isinstance(layer, layers.BatchNormalization)'] : [])
  ];
  return [
    // Layers inside of a frozen one never learn, whatever they say themselves.
    `${base}.trainable = True`,
    ...(from ? ['learns = False'] : []),
    ...(conditions.length > 0 ? [`for layer in ${base}.layers:`] : []),
    ...(from ? [`    learns = learns or layer.name == ${python(from)}`] : []),
    ...(conditions.length > 0 ? [`    layer.trainable = ${conditions.join(' and ')}`] : [])
  ];
}
