/** A folded network as the tensors and operations of a LiteRT file. */
import type { Precision, Scale } from '../../../contract';
import { bytesOf } from '../../data/bytes-of';
import type { Padding, Shape } from '../../model/layers';
import { filtersFirst } from '../channels-first';
import { padsOf, type Step, type StepOf } from '../folded';
import { toHalf } from '../half';
import type { Range } from './calibrate';
import { leastScales, type Quantized, quantizationOf, quantizeBias, quantizeWeights } from './quantize';
import { ACTIVATIONS, type OperatorName, type Quantization, SAME, type TfliteModel, type TfliteOperator, type TfliteTensor, TYPES, VALID } from './schema';

/** Numbers that a kernel has to have for int8 weights alone; LiteRT's own converter draws the line there, too. */
const LEAST_ROUNDED = 1024;

/** What the softmax' int8 stands for, by its definition: 0 .. 255/256. */
const PROBABILITIES: Quantization = { scales: [1 / 256], zeroPoint: -128, dimension: 0 };
/** The same number as a byte from 0 on. */
const asBytes = (quantization: Quantization): Quantization => ({ ...quantization, zeroPoint: quantization.zeroPoint + 128 });

/**
 * The pixels' bytes are numbers of the network's range already: 0..1, or -1..1, whose middle lies between two bytes. What comes out half a byte
 * too low there is made good in the first convolution's bias.
 */
export const PIXELS: Record<Scale, { quantization: Quantization; shift: number }> = {
  '0..1': { quantization: { scales: [Math.fround(1 / 255)], zeroPoint: -128, dimension: 0 }, shift: 0 },
  '-1..1': { quantization: { scales: [Math.fround(1 / 127.5)], zeroPoint: 0, dimension: 0 }, shift: 0.5 / 127.5 }
};

class Parts {
  readonly tensors: TfliteTensor[] = [];
  readonly operators: TfliteOperator[] = [];

  tensor(name: string, spec: Omit<TfliteTensor, 'name' | 'batched' | 'data' | 'quantization'> & Partial<TfliteTensor>): number {
    return this.tensors.push({ name, batched: false, data: null, quantization: null, ...spec }) - 1;
  }

  run(op: OperatorName, version: number, inputs: readonly number[], output: number, options: TfliteOperator['options'] = {}): number {
    this.operators.push({ op, version, inputs, output, options });
    return output;
  }

  ints(name: string, values: readonly number[]): number {
    return this.tensor(name, { shape: [values.length], type: TYPES.int32, data: bytesOf(Int32Array.from(values)) });
  }

  float(name: string, value: number): number {
    return this.tensor(name, { shape: [], type: TYPES.float32, data: bytesOf(Float32Array.of(value)) });
  }
}

/** A kernel in LiteRT's order, with the place of its channels. */
interface Kernel {
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly dimension: number;
  readonly channelOf: (place: number) => number;
}

/** @param found each step's range, for int8 throughout; otherwise null */
export function buildTflite(steps: readonly Step[], precision: Precision, scale: Scale, found: ReadonlyMap<string, Range> | null): TfliteModel {
  const parts = new Parts();
  const made = new Map<string, number>();
  const quantizations = new Map<string, Quantization>();
  const byName = new Map(steps.map((step) => [step.name, step]));
  let input = 0;
  let shifted = false;

  /** The tensor that a step gives. */
  const output = ({ name, outputShape }: Step, quantization: Quantization | null = null): number => {
    if (quantization) quantizations.set(name, quantization);
    return parts.tensor(name, { shape: [1, ...outputShape], batched: true, type: found ? TYPES.int8 : TYPES.float32, quantization });
  };
  /** Of a step's numbers; what has no range of its own has that of its input. */
  const quantizationFor = ({ name, inputs }: Step): Quantization | null => {
    if (!found) return null;
    const range = found.get(name);
    return range ? quantizationOf(range) : (quantizations.get(inputs[0] ?? '') ?? null);
  };

  const weights = (step: StepOf<'conv'> | StepOf<'depthwise'> | StepOf<'dense'>, kernel: Kernel): number[] => {
    const [kernelName, biasName] = [`${step.name}/kernel`, `${step.name}/bias`];
    const whole = (name: string, values: Float32Array, shape: readonly number[]) => parts.tensor(name, { shape, type: TYPES.float32, data: bytesOf(values) });
    const half = (name: string, values: Float32Array, shape: readonly number[]) => {
      const stored = parts.tensor(`${name}/half`, { shape, type: TYPES.float16, data: bytesOf(toHalf(values)) });
      return parts.run('DEQUANTIZE', 3, [stored], parts.tensor(name, { shape, type: TYPES.float32 }));
    };
    const rounded = ({ data, scales }: Quantized) =>
      parts.tensor(kernelName, { shape: kernel.shape, type: TYPES.int8, data: bytesOf(data), quantization: { scales: Array.from(scales), zeroPoint: 0, dimension: kernel.dimension } });
    if (precision === 'float32') return [whole(kernelName, kernel.values, kernel.shape), whole(biasName, step.bias, [step.bias.length])];
    if (precision === 'float16') return [half(kernelName, kernel.values, kernel.shape), half(biasName, step.bias, [step.bias.length])];
    // A small kernel saves next to nothing, and rounding a float beside it while the program runs costs more than the kernel did.
    if (!found && kernel.values.length < LEAST_ROUNDED) return [whole(kernelName, kernel.values, kernel.shape), whole(biasName, step.bias, [step.bias.length])];
    if (!found) return [rounded(quantizeWeights(kernel.values, kernel.channelOf, new Float32Array(step.bias.length))), whole(biasName, step.bias, [step.bias.length])];

    const from = quantizations.get(step.inputs[0] ?? '')?.scales[0] ?? 1;
    // The first convolution makes good what the bytes of the pixels cannot say.
    const bias = step.op === 'conv' && !shifted ? madeGood(step.bias, kernel, PIXELS[scale].shift) : step.bias;
    shifted = true;
    const quantized = quantizeWeights(kernel.values, kernel.channelOf, leastScales(bias, from));
    const scales = Array.from(quantized.scales, (own) => from * own);
    const stored = parts.tensor(biasName, { shape: [bias.length], type: TYPES.int32, data: bytesOf(quantizeBias(bias, scales)), quantization: { scales, zeroPoint: 0, dimension: 0 } });
    return [rounded(quantized), stored];
  };

  /** Versions of an operation's definition: with int8 throughout, with int8 weights alone, with floats. */
  const version = (throughout: number, weightsAlone: number): number => (found ? throughout : precision === 'dynamic' ? weightsAlone : 1);

  for (const step of steps) {
    const [x = 0, other = 0] = step.inputs.map((name) => made.get(name) ?? 0);
    switch (step.op) {
      case 'image':
        if (found) {
          const { quantization } = PIXELS[scale];
          input = parts.tensor(step.name, { shape: [1, ...step.outputShape], batched: true, type: TYPES.uint8, quantization: asBytes(quantization) });
          made.set(step.name, input);
        } else made.set(step.name, (input = output(step)));
        break;
      case 'rescale':
        made.set(step.name, found ? parts.run('QUANTIZE', 1, [x], output(step, PIXELS[scale].quantization)) : rescaled(parts, step, x, () => output(step)));
        break;
      case 'resize': {
        // The range of the pixels stays what it was.
        const kept = quantizations.get(step.inputs[0] ?? '') ?? null;
        const sizes = parts.ints(`${step.name}/sizes`, step.outputShape.slice(0, 2));
        made.set(step.name, parts.run('RESIZE_BILINEAR', 3, [x, sizes], output(step, kept), { align_corners: false, half_pixel_centers: true }));
        break;
      }
      case 'conv':
      case 'depthwise': {
        const source = byName.get(step.inputs[0] ?? '')?.outputShape ?? [];
        const shared = { padding: paddingOf(step, source), stride_w: step.strides, stride_h: step.strides, activation: ACTIVATIONS[step.activation], dilation_w: 1, dilation_h: 1 };
        const kernel = step.op === 'conv' ? convolutionKernel(step, source[2] ?? 0) : depthwiseKernel(step);
        const inputs = [x, ...weights(step, kernel)];
        const y = output(step, quantizationFor(step));
        made.set(step.name, step.op === 'conv' ? parts.run('CONV_2D', version(3, 5), inputs, y, shared) : parts.run('DEPTHWISE_CONV_2D', version(3, 6), inputs, y, { ...shared, depth_multiplier: 1 }));
        break;
      }
      case 'add':
        made.set(step.name, parts.run('ADD', version(2, 1), [x, other], output(step, quantizationFor(step)), { activation: ACTIVATIONS.linear }));
        break;
      case 'mean':
        made.set(step.name, parts.run('MEAN', version(2, 1), [x, parts.ints(`${step.name}/axes`, [1, 2])], output(step, quantizationFor(step)), { keep_dims: false }));
        break;
      case 'dense': {
        const inputs = [x, ...weights(step, denseKernel(step))];
        made.set(step.name, parts.run('FULLY_CONNECTED', version(4, 12), inputs, output(step, quantizationFor(step)), { activation: ACTIVATIONS[step.activation] }));
        break;
      }
      case 'softmax':
        made.set(step.name, parts.run('SOFTMAX', version(2, 1), [x], output(step, found ? PROBABILITIES : null), { beta: 1 }));
    }
  }
  const last = steps[steps.length - 1] as Step;
  const answer = made.get(last.name) ?? 0;
  if (!found) return { tensors: parts.tensors, operators: parts.operators, input, output: answer };
  const bytes = parts.tensor(`${last.name}/bytes`, { shape: [1, ...last.outputShape], batched: true, type: TYPES.uint8, quantization: asBytes(PROBABILITIES) });
  return { tensors: parts.tensors, operators: parts.operators, input, output: parts.run('QUANTIZE', 2, [answer], bytes) };
}

function rescaled(parts: Parts, { name, scale, offset, outputShape }: StepOf<'rescale'>, x: number, output: () => number): number {
  const factor = parts.float(`${name}/scale`, scale);
  if (offset === 0) return parts.run('MUL', 1, [x, factor], output(), { activation: ACTIVATIONS.linear });
  const scaled = parts.tensor(`${name}/scaled`, { shape: [1, ...outputShape], batched: true, type: TYPES.float32 });
  parts.run('MUL', 1, [x, factor], scaled, { activation: ACTIVATIONS.linear });
  return parts.run('ADD', 1, [scaled, parts.float(`${name}/offset`, offset)], output(), { activation: ACTIVATIONS.linear });
}

/** The bias with what each filter would add if all its inputs were larger by `shift`. */
export function madeGood(bias: Float32Array, { values, channelOf }: Pick<Kernel, 'values' | 'channelOf'>, shift: number): Float32Array {
  const sums = new Float64Array(bias.length);
  values.forEach((value, i) => (sums[channelOf(i)] = (sums[channelOf(i)] as number) + value));
  return bias.map((value, i) => value + shift * (sums[i] as number));
}

/** [k, k, in, filters] -> [filters, k, k, in] */
function convolutionKernel({ values, kernelSize, bias }: StepOf<'conv'>, depth: number): Kernel {
  const [filters, inputs] = [bias.length, kernelSize ** 2 * depth];
  return { values: filtersFirst(values, 1, inputs, filters), shape: [filters, kernelSize, kernelSize, depth], dimension: 0, channelOf: (place) => Math.floor(place / inputs) };
}

/** [k, k, channels] -> [1, k, k, channels] */
const depthwiseKernel = ({ values, kernelSize, bias: { length } }: StepOf<'depthwise'>): Kernel =>
  ({ values, shape: [1, kernelSize, kernelSize, length], dimension: 3, channelOf: (place) => place % length });

/** [inputs, units] -> [units, inputs] */
function denseKernel({ values, bias: { length: units } }: StepOf<'dense'>): Kernel {
  const inputs = values.length / units;
  return { values: filtersFirst(values, 1, inputs, units), shape: [units, inputs], dimension: 0, channelOf: (place) => Math.floor(place / inputs) };
}

/** LiteRT knows two paddings by name; Keras' own ZeroPadding2D in front of a stride of 2 is one of them. */
function paddingOf(step: StepOf<'conv'> | StepOf<'depthwise'>, shape: Shape): number {
  const is = (padding: Padding): boolean => String(step.pads) === String(padsOf({ ...step, padding }, shape));
  if (is('same')) return SAME;
  if (is('valid')) return VALID;
  throw new Error(`${step.name} pads by ${step.pads.flat().join(', ')}, which LiteRT has no name for.`);
}
