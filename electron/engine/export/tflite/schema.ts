/**
 * The tables of a LiteRT file that we write and read. Names, slots and numbers: tensorflow/compiler/mlir/lite/schema/schema.fbs
 * (Apache-2.0); a slot that is missing is a field we have no use for.
 */
import { decodeTable, encodeTable, type Fields } from './flat-table';

const IDENTIFIER = 'TFL3';
/** Of the schema; the file's own field. */
const VERSION = 3;

/** TensorType */
export const TYPES = { float32: 0, float16: 1, int32: 2, uint8: 3, int8: 9 } as const;
export type TensorType = (typeof TYPES)[keyof typeof TYPES];

/** BuiltinOperator */
export const OPERATORS = { ADD: 0, CONV_2D: 3, DEPTHWISE_CONV_2D: 4, DEQUANTIZE: 6, FULLY_CONNECTED: 9, MUL: 18, RESIZE_BILINEAR: 23, SOFTMAX: 25, MEAN: 40, QUANTIZE: 114 } as const;
export type OperatorName = keyof typeof OPERATORS;

/** ActivationFunctionType */
export const ACTIVATIONS = { linear: 0, relu: 1, relu6: 3 } as const;

/** Padding */
export const SAME = 0;
export const VALID = 1;

/** Which member of the union BuiltinOptions an operation's options are; operations that are not here have none. */
const OPTION_KINDS: Partial<Record<OperatorName, number>> = { ADD: 11, CONV_2D: 1, DEPTHWISE_CONV_2D: 2, FULLY_CONNECTED: 8, MUL: 21, RESIZE_BILINEAR: 15, SOFTMAX: 9, MEAN: 27 };

const OPTIONS: Record<number, Fields> = {
  1: { padding: [0, 'int8'], stride_w: [1, 'int32'], stride_h: [2, 'int32'], activation: [3, 'int8'], dilation_w: [4, 'int32'], dilation_h: [5, 'int32'] },
  2: { padding: [0, 'int8'], stride_w: [1, 'int32'], stride_h: [2, 'int32'], depth_multiplier: [3, 'int32'], activation: [4, 'int8'], dilation_w: [5, 'int32'], dilation_h: [6, 'int32'] },
  8: { activation: [0, 'int8'] },
  9: { beta: [0, 'float'] },
  11: { activation: [0, 'int8'] },
  15: { align_corners: [2, 'bool'], half_pixel_centers: [3, 'bool'] },
  21: { activation: [0, 'int8'] },
  27: { keep_dims: [0, 'bool'] }
};

const OPERATOR_CODE: Fields = { deprecated_builtin_code: [0, 'int8'], version: [2, 'int32'], builtin_code: [3, 'int32'] };
const QUANTIZATION: Fields = { scale: [2, 'floats'], zero_point: [3, 'longs'], quantized_dimension: [6, 'int32'] };
const TENSOR: Fields = { shape: [0, 'ints'], type: [1, 'int8'], buffer: [2, 'int32'], name: [3, 'string'], quantization: [4, { table: QUANTIZATION }], shape_signature: [7, 'ints'] };
const OPERATOR: Fields = { opcode_index: [0, 'int32'], inputs: [1, 'ints'], outputs: [2, 'ints'], options_type: [3, 'uint8'], options: [4, { union: OPTIONS }] };
const SUBGRAPH: Fields = { tensors: [0, { tables: TENSOR }], inputs: [1, 'ints'], outputs: [2, 'ints'], operators: [3, { tables: OPERATOR }], name: [4, 'string'] };
const TENSOR_MAP: Fields = { name: [0, 'string'], tensor_index: [1, 'int32'] };
const SIGNATURE: Fields = { inputs: [0, { tables: TENSOR_MAP }], outputs: [1, { tables: TENSOR_MAP }], signature_key: [2, 'string'], subgraph_index: [4, 'int32'] };
const MODEL: Fields = {
  version: [0, 'int32'], operator_codes: [1, { tables: OPERATOR_CODE }], subgraphs: [2, { tables: SUBGRAPH }], description: [3, 'string'],
  buffers: [4, { tables: { data: [0, 'bytes'] } }], signature_defs: [7, { tables: SIGNATURE }]
};

/** real = (stored - zeroPoint) * scale; one scale for all, or one for each place along `dimension`. */
export interface Quantization {
  readonly scales: readonly number[];
  readonly zeroPoint: number;
  readonly dimension: number;
}

export interface TfliteTensor {
  readonly name: string;
  /** With the batch, which is 1 until a program asks for more. */
  readonly shape: readonly number[];
  /** The first size is the caller's to choose. */
  readonly batched: boolean;
  readonly type: TensorType;
  readonly quantization: Quantization | null;
  /** Of a constant. */
  readonly data: Uint8Array | null;
}

export interface TfliteOperator {
  readonly op: OperatorName;
  /** Of the operation's definition: newer ones take more types. */
  readonly version: number;
  /** Indices of tensors. */
  readonly inputs: readonly number[];
  readonly output: number;
  readonly options: Readonly<Record<string, number | boolean>>;
}

export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly input: number;
  readonly output: number;
}

/** Codes up to here fit into the field that older programs look at. */
const LAST_OLD_CODE = 127;

/** @param names what callers call the input and the output */
export function encodeTflite({ tensors, operators, input, output }: TfliteModel, names: { input: string; output: string }): Uint8Array {
  const codes = [...new Map(operators.map(({ op, version }) => [`${op} ${version}`, { op, version }])).values()];
  const constants = tensors.filter((tensor) => tensor.data !== null);
  const size = constants.reduce((sum, { data }) => sum + (data?.length ?? 0), 64 * 1024);
  return encodeTable(
    MODEL,
    {
      version: VERSION,
      description: 'Tsugiki',
      operator_codes: codes.map(({ op, version }) => ({ deprecated_builtin_code: Math.min(OPERATORS[op], LAST_OLD_CODE), version, builtin_code: OPERATORS[op] })),
      // The first buffer is empty by convention: it belongs to all tensors that are no constants.
      buffers: [{}, ...constants.map(({ data }) => ({ data: data ?? undefined }))],
      subgraphs: [
        {
          name: 'main', inputs: [input], outputs: [output],
          tensors: tensors.map(({ name, shape, batched, type, quantization, data }, i) => ({
            name, type, shape,
            shape_signature: batched ? [-1, ...shape.slice(1)] : undefined,
            buffer: data === null ? 0 : constants.indexOf(tensors[i] as TfliteTensor) + 1,
            quantization: quantization ? { scale: Float32Array.from(quantization.scales), zero_point: quantization.scales.map(() => quantization.zeroPoint), quantized_dimension: quantization.dimension } : undefined
          })),
          operators: operators.map(({ op, version, inputs, output: result, options }) => ({
            opcode_index: codes.findIndex((code) => code.op === op && code.version === version), inputs, outputs: [result], options_type: OPTION_KINDS[op], options: OPTION_KINDS[op] === undefined ? undefined : options
          }))
        }
      ],
      signature_defs: [{ inputs: [{ name: names.input, tensor_index: input }], outputs: [{ name: names.output, tensor_index: output }], signature_key: 'serving_default', subgraph_index: 0 }]
    },
    IDENTIFIER,
    size
  );
}

/** The same of a decoded table, where a field that has its default is not there. */
interface Decoded {
  operator_codes: { version?: number; builtin_code?: number }[];
  buffers: { data?: Uint8Array }[];
  subgraphs: [
    {
      inputs: [number];
      outputs: [number];
      tensors: { name: string; shape: number[]; shape_signature?: number[]; type?: TensorType; buffer?: number; quantization?: { scale: Float32Array; zero_point: number[]; quantized_dimension?: number } }[];
      operators: { opcode_index?: number; inputs: number[]; outputs: [number]; options?: Record<string, number | boolean> }[];
    }
  ];
}

export function decodeTflite(bytes: Uint8Array): TfliteModel {
  const { operator_codes, buffers, subgraphs: [graph] } = decodeTable(MODEL, bytes, IDENTIFIER) as unknown as Decoded;
  const names = Object.entries(OPERATORS) as [OperatorName, number][];
  return {
    input: graph.inputs[0],
    output: graph.outputs[0],
    tensors: graph.tensors.map(({ name, shape, shape_signature, type = TYPES.float32, buffer = 0, quantization }) => ({
      name, shape, type,
      batched: shape_signature?.[0] === -1,
      data: buffers[buffer]?.data ?? null,
      quantization: quantization ? { scales: Array.from(quantization.scale), zeroPoint: quantization.zero_point[0] ?? 0, dimension: quantization.quantized_dimension ?? 0 } : null
    })),
    operators: graph.operators.map(({ opcode_index = 0, inputs, outputs: [output], options = {} }) => {
      const { builtin_code = 0, version = 1 } = operator_codes[opcode_index] ?? {};
      const name = names.find(([, code]) => code === builtin_code)?.[0];
      if (!name) throw new Error(`The file has an operation ${builtin_code}, which is not read here.`);
      return { op: name, version, inputs, output, options };
    })
  };
}
