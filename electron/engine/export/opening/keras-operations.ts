/** What each of Keras' layers does when the network only predicts. One that is not known here becomes "foreign": whether it matters is told where it is met. */
import * as v from 'valibot';
import type { KerasNode } from './keras-nodes';
import type { WeightsOf } from './keras-weights';
import type { Body, Operation, Stored } from './operations';

const number = v.number();
const pair = v.tuple([number, number]);
/** Keras takes one number for both axes; only equal ones are known here. */
const Square = v.pipe(v.union([number, v.pipe(pair, v.check(([a, b]) => a === b))]), v.transform((size) => (Array.isArray(size) ? size[0] : size)));
const ChannelsLast = v.optional(v.literal('channels_last'), 'channels_last');
const Ones = v.optional(v.pipe(Square, v.literal(1)), 1);

const size = v.nullable(number);
const Shape = v.nullable(v.tuple([size, size, size, size]));
const Input = v.object({ batch_shape: v.optional(Shape), batch_input_shape: v.optional(Shape) });
const Rescaling = v.object({ scale: number, offset: number });
const Resizing = v.object({ height: number, width: number, interpolation: v.literal('bilinear'), data_format: ChannelsLast });
const Dropout = v.object({ rate: number });
const ZeroPadding = v.object({ padding: v.tuple([pair, pair]), data_format: ChannelsLast });
const Convolution = v.object({
  strides: Square, padding: v.picklist(['same', 'valid']), use_bias: v.boolean(), activation: v.optional(v.unknown()),
  dilation_rate: Ones, groups: v.optional(v.literal(1), 1), depth_multiplier: v.optional(v.literal(1), 1), data_format: ChannelsLast
});
const axis = v.picklist([-1, 3, 1]);
const BatchNorm = v.object({ axis: v.optional(v.union([axis, v.tuple([axis])])), epsilon: number, center: v.boolean(), scale: v.boolean() });
const ReLU = v.object({ max_value: v.optional(v.nullable(number), null), negative_slope: v.optional(v.nullable(v.literal(0))), threshold: v.optional(v.nullable(v.literal(0))) });
const Dense = v.object({ use_bias: v.boolean(), activation: v.optional(v.unknown()) });
const Pooling = v.object({ pool_size: pair, data_format: ChannelsLast });

/** Null: not known here. Several, one after the other, where a layer has its activation inside. */
type Known = Body | readonly (Body | null)[] | null;
type Weight = (name: string, index: number) => Stored;

const same = (): Body => ({ op: 'same' });

/** Options that are not what the schema knows make a layer foreign. */
const read = <T extends v.GenericSchema>(schema: T, use: (options: v.InferOutput<T>, weight: Weight, node: KerasNode) => Known) => (node: KerasNode, weight: Weight): Known => {
  const options = v.safeParse(schema, node.config);
  return options.success ? use(options.output, weight, node) : null;
};

const convolution = (op: 'conv' | 'depthwise') =>
  read(Convolution, ({ strides, padding, use_bias, activation }, weight) => [
    { op, kernel: weight('kernel', 0), bias: use_bias ? weight('bias', 1) : null, strides, padding },
    activationOf(activation)
  ]);

/** Keras 3 may write a function as an object. */
const nameOf = (activation: unknown): unknown => (v.is(v.object({ config: v.string() }), activation) ? activation.config : (activation ?? 'linear'));

function activationOf(activation: unknown): Body | null {
  switch (nameOf(activation)) {
    case 'linear':
      return same();
    case 'relu':
      return { op: 'relu', max: null };
    case 'relu6':
      return { op: 'relu', max: 6 };
    case 'softmax':
      return { op: 'softmax' };
    case 'sigmoid':
      return { op: 'sigmoid' };
    default:
      return null;
  }
}

/** An operation with a number: Keras 3's ops, Keras 2's TFOpLambda. */
const withNumber = (body: (value: number) => { scale: number; offset: number }) => ({ numbers: [value, ...others] }: KerasNode): Known =>
  value === undefined || others.length > 0 ? null : { op: 'scale', ...body(value) };
const divide = withNumber((value) => ({ scale: 1 / value, offset: 0 }));
const subtract = withNumber((value) => ({ scale: 1, offset: -value }));
const multiply = withNumber((value) => ({ scale: value, offset: 0 }));
const plus = withNumber((value) => ({ scale: 1, offset: value }));
const FUNCTIONS: Readonly<Record<string, (node: KerasNode) => Known>> = { 'math.truediv': divide, 'math.divide': divide, 'math.subtract': subtract, 'math.multiply': multiply, 'math.add': plus, '__operators__.add': plus };

const LAYERS: Readonly<Record<string, (node: KerasNode, weight: Weight) => Known>> = {
  InputLayer: read(Input, ({ batch_shape, batch_input_shape }) => {
    const [, height = null, width = null, channels = null] = batch_shape ?? batch_input_shape ?? [];
    return { op: 'input', height, width, channels };
  }),
  Rescaling: read(Rescaling, (options) => ({ op: 'scale', ...options })),
  TrueDivide: divide,
  Divide: divide,
  Subtract: subtract,
  Multiply: multiply,
  TFOpLambda: (node) => FUNCTIONS[String(node.config['function'])]?.(node) ?? null,
  Resizing: read(Resizing, ({ height, width }) => ({ op: 'resize', height, width })),
  ZeroPadding2D: read(ZeroPadding, ({ padding }) => ({ op: 'pad', pads: padding })),
  Conv2D: convolution('conv'),
  DepthwiseConv2D: convolution('depthwise'),
  BatchNormalization: read(BatchNorm, ({ epsilon, center, scale }, weight) => {
    const first = Number(scale) + Number(center);
    return {
      op: 'norm', epsilon, gamma: scale ? weight('gamma', 0) : null, beta: center ? weight('beta', Number(scale)) : null,
      mean: weight('moving_mean', first), variance: weight('moving_variance', first + 1)
    };
  }),
  ReLU: read(ReLU, ({ max_value: max }) => ({ op: 'relu', max })),
  Activation: ({ config }) => activationOf(config['activation']),
  Softmax: () => ({ op: 'softmax' }),
  Add: (node) => (node.inputs.length === 1 ? plus(node) : { op: 'add' }),
  GlobalAveragePooling2D: read(v.object({ data_format: ChannelsLast }), () => ({ op: 'average', window: null })),
  AveragePooling2D: read(Pooling, ({ pool_size: window }) => ({ op: 'average', window })),
  Flatten: () => ({ op: 'flatten' }),
  Dense: read(Dense, ({ use_bias, activation }, weight) => [{ op: 'dense', kernel: weight('kernel', 0), bias: use_bias ? weight('bias', 1) : null }, activationOf(activation)]),
  Dropout: read(Dropout, ({ rate }) => ({ op: 'dropout', rate })),
  // What only training does, augmentation as layers among it.
  ...Object.fromEntries(
    ['Identity', 'ActivityRegularization', 'SpatialDropout2D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout', 'RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation', 'RandomContrast',
      'RandomBrightness', 'RandomHue', 'RandomSaturation', 'RandomColorJitter', 'RandomShear', 'RandomHeight', 'RandomWidth', 'RandomGaussianBlur', 'RandomErasing'].map((type) => [type, same])
  )
};

/** @throws Error where the file lacks a weight that a layer must have */
export const kerasOperations = (nodes: readonly KerasNode[], weightsOf: WeightsOf): Operation[] => nodes.flatMap((node) => operationsOf(node, weightsOf));

function operationsOf(node: KerasNode, weightsOf: WeightsOf): Operation[] {
  const { id, type, inputs } = node;
  const layer = node.path[node.path.length - 1] ?? id;
  const weight: Weight = (name, index) => {
    const stored = weightsOf(node, name, index);
    if (!stored) throw new Error(`it has no ${name} for the layer ${layer}`);
    return stored;
  };
  const known = LAYERS[type]?.(node, weight) ?? null;
  const bodies = Array.isArray(known) ? (known as readonly (Body | null)[]) : [known as Body | null];
  return bodies.map((body, i) => ({
    // A layer that is known may have an activation inside that is not: then it is this that is named.
    ...(body ?? { op: 'foreign' }), layer, type: i === 0 ? type : String(nameOf(node.config['activation'])), id: i === bodies.length - 1 ? id : `${id} ${i}`, inputs: i === 0 ? inputs : [`${id} ${i - 1}`]
  }));
}
