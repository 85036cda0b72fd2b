/** A folded network as the operations of an ML Program. https://apple.github.io/coremltools/source/coremltools.converters.mil.mil.ops.defs.html */
import { filtersFirst } from '../channels-first';
import { INPUT, OUTPUT, type Step, type StepOf } from '../folded';
import type { Blobs } from './blobs';
import { type Operation, tensorType, text, type TensorValue, type TypeName, type Value, type ValueType } from './proto';

/** Names of the classifier's outputs, as Core ML's own tools call them. */
export const LABEL = 'classLabel';
export const PROBABILITIES = 'classLabel_probs';
const WEIGHTS = '@model_path/weights/weight.bin';

/** [height, width, channels] -> [1, channels, height, width] */
const shapeOf = ({ outputShape: [height = 0, width, channels] }: Step): number[] => (width === undefined || channels === undefined ? [1, height] : [1, channels, height, width]);

class Program {
  readonly operations: Operation[] = [];

  constructor(
    private readonly blobs: Blobs,
    /** What the network reckons with; the pixels' way in and the probabilities are float32 in any case. */
    readonly type: TypeName
  ) {}

  run(type: string, name: string, inputs: Record<string, string>, shape: readonly number[], kind: TypeName = this.type): string {
    const named = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, { arguments: [{ name: value }] }]));
    this.operations.push({ type, inputs: named, outputs: [{ name, type: tensorType(kind, shape) }], attributes: { name: text(name) } });
    return name;
  }

  #constant(name: string, type: ValueType, value: Omit<Value, 'type'>): string {
    this.operations.push({ type: 'const', inputs: {}, outputs: [{ name, type }], attributes: { name: text(name), val: { type, ...value } } });
    return name;
  }

  weight(name: string, shape: readonly number[], values: Float32Array): string {
    return this.#constant(name, tensorType(this.type, shape), { blobFileValue: { fileName: WEIGHTS, offset: this.blobs.add(values) } });
  }

  value(name: string, kind: TypeName, shape: readonly number[], tensor: TensorValue): string {
    return this.#constant(name, tensorType(kind, shape), { immediateValue: { tensor } });
  }

  ints(name: string, values: readonly number[]): string {
    return this.value(name, 'int32', [values.length], { ints: { values: [...values] } });
  }

  int(name: string, value: number): string {
    return this.value(name, 'int32', [], { ints: { values: [value] } });
  }
}

/** @param half whether the network reckons with 16 bits */
export function coremlProgram(steps: readonly Step[], classNames: readonly string[], blobs: Blobs, half: boolean): Operation[] {
  const p = new Program(blobs, half ? 'float16' : 'float32');
  const byName = new Map(steps.map((step) => [step.name, step]));
  for (const step of steps) put(p, step, byName.get(step.inputs[0] ?? '') ?? step);
  const answer = half ? p.run('cast', 'float32_answer', { x: OUTPUT, dtype: p.value('answer_type', 'string', [], { strings: { values: ['fp32'] } }) }, [1, classNames.length], 'float32') : OUTPUT;
  return [...p.operations, classify(answer, classNames)];
}

function put(p: Program, step: Step, source: Step): void {
  const { name, inputs: [x = '', y = ''] } = step;
  const shape = shapeOf(step);
  switch (step.op) {
    case 'image':
      return;
    case 'rescale': {
      const { scale, offset } = step;
      const last = p.type === 'float32' ? name : `${name}_float32`;
      const scaled = p.run('mul', offset === 0 ? last : `${name}_scaled`, { x: INPUT, y: p.value(`${name}_scale`, 'float32', [], { floats: { values: [scale] } }) }, shape, 'float32');
      const shifted = offset === 0 ? scaled : p.run('add', last, { x: scaled, y: p.value(`${name}_offset`, 'float32', [], { floats: { values: [offset] } }) }, shape, 'float32');
      if (p.type === 'float16') p.run('cast', name, { x: shifted, dtype: p.value(`${name}_type`, 'string', [], { strings: { values: ['fp16'] } }) }, shape);
      return;
    }
    case 'resize': {
      const [height = 0, width = 0] = step.outputShape;
      p.run('resize_bilinear', name, {
        x, target_size_height: p.int(`${name}_height`, height), target_size_width: p.int(`${name}_width`, width),
        // Half-pixel centres.
        sampling_mode: p.value(`${name}_mode`, 'string', [], { strings: { values: ['UNALIGN_CORNERS'] } })
      }, shape);
      return;
    }
    case 'conv':
    case 'depthwise':
      return convolution(p, step, x, source.outputShape[2] ?? 0);
    case 'add':
      p.run('add', name, { x, y }, shape);
      return;
    case 'mean':
      p.run('reduce_mean', name, { x, axes: p.ints(`${name}_axes`, [2, 3]), keep_dims: p.value(`${name}_keep_dims`, 'bool', [], { bools: { values: [false] } }) }, shape);
      return;
    case 'dense': {
      const { values, bias, activation } = step;
      const inputs = values.length / bias.length;
      const weight = p.weight(`${name}_weight`, [bias.length, inputs], filtersFirst(values, 1, inputs, bias.length));
      activate(p, activation, name, shape, (sums) => p.run('linear', sums, { x, weight, bias: p.weight(`${name}_bias`, [bias.length], bias) }, shape));
      return;
    }
    case 'softmax':
      p.run('softmax', name, { x, axis: p.int(`${name}_axis`, -1) }, shape);
  }
}

function convolution(p: Program, step: StepOf<'conv'> | StepOf<'depthwise'>, x: string, channels: number): void {
  const { name, values, bias: { length: filters }, bias, kernelSize, strides, pads, activation } = step;
  const [depth, groups] = step.op === 'conv' ? [channels, 1] : [1, channels];
  const inputs = {
    x,
    weight: p.weight(`${name}_weight`, [filters, depth, kernelSize, kernelSize], filtersFirst(values, kernelSize ** 2, depth, filters)),
    bias: p.weight(`${name}_bias`, [filters], bias),
    strides: p.ints(`${name}_strides`, [strides, strides]),
    dilations: p.ints(`${name}_dilations`, [1, 1]),
    groups: p.int(`${name}_groups`, groups),
    pad_type: p.value(`${name}_pad_type`, 'string', [], { strings: { values: ['custom'] } }),
    pad: p.ints(`${name}_pad`, pads.flat())
  };
  const shape = shapeOf(step);
  activate(p, activation, name, shape, (sums) => p.run('conv', sums, inputs, shape));
}

/** What `make` makes, under `name`, with an activation behind it where there is one. */
function activate(p: Program, activation: 'linear' | 'relu' | 'relu6', name: string, shape: readonly number[], make: (name: string) => string): void {
  if (activation === 'linear') make(name);
  else p.run(activation, name, { x: make(`${name}_sums`) }, shape);
}

/** From probabilities to the most probable label, and each label's probability. */
function classify(probabilities: string, classNames: readonly string[]): Operation {
  const classes: Value = {
    type: { listType: { type: tensorType('string'), length: { constant: { size: classNames.length } } } },
    immediateValue: { list: { values: classNames.map(text) } }
  };
  return {
    type: 'classify',
    inputs: { probabilities: { arguments: [{ name: probabilities }] }, classes: { arguments: [{ value: classes }] } },
    outputs: [{ name: LABEL, type: tensorType('string') }, { name: PROBABILITIES, type: { dictionaryType: { keyType: tensorType('string'), valueType: tensorType('float64') } } }],
    attributes: { name: text('classify') }
  };
}
