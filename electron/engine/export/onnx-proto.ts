/** The part of ONNX's messages that we write and read. Names and field numbers: onnx/onnx.proto. */
import protobuf from 'protobufjs';

const SCHEMA = `syntax = "proto2";
message Attribute { optional string name = 1; optional float f = 2; optional int64 i = 3; optional bytes s = 4; repeated int64 ints = 8; optional int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4; repeated Attribute attribute = 5; }
message TensorValue { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9; }
message Dim { optional int64 dim_value = 1; optional string dim_param = 2; }
message Shape { repeated Dim dim = 1; }
message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
message Type { optional TensorType tensor_type = 1; }
message ValueInfo { optional string name = 1; optional Type type = 2; }
message GraphProto { repeated Node node = 1; optional string name = 2; repeated TensorValue initializer = 5; repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
message OperatorSet { optional string domain = 1; optional int64 version = 2; }
message Property { optional string key = 1; optional string value = 2; }
message Model { optional int64 ir_version = 1; optional string producer_name = 2; optional GraphProto graph = 7; repeated OperatorSet opset_import = 8; repeated Property metadata_props = 14; }`;

const Model = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Model');

/** TensorProto.DataType */
export const FLOAT = 1;
export const INT64 = 7;

/** AttributeProto.AttributeType */
const TYPES = { f: 1, i: 2, s: 3, ints: 7 };

export interface OnnxAttribute {
  name: string;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: number[];
  type: number;
}

export interface OnnxNode {
  name: string;
  op_type: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

export interface OnnxTensor {
  name: string;
  dims: number[];
  data_type: number;
  raw_data: Uint8Array;
}

export interface OnnxModel {
  ir_version: number;
  producer_name: string;
  graph: { name: string; node: OnnxNode[]; initializer: OnnxTensor[]; input: object[]; output: object[] };
  opset_import: { domain: string; version: number }[];
  metadata_props: { key: string; value: string }[];
}

export const encodeOnnx = (model: OnnxModel): Uint8Array => Model.encode(model).finish();
export const decodeOnnx = (bytes: Uint8Array): OnnxModel => Model.toObject(Model.decode(bytes), { longs: Number, arrays: true }) as OnnxModel;

export type AttributeValues = Record<string, { f: number } | { i: number } | { s: string } | { ints: readonly number[] }>;

export const attributes = (values: AttributeValues): OnnxAttribute[] =>
  Object.entries(values).map(([name, value]) => {
    if ('f' in value) return { name, f: value.f, type: TYPES.f };
    if ('i' in value) return { name, i: value.i, type: TYPES.i };
    if ('s' in value) return { name, s: new TextEncoder().encode(value.s), type: TYPES.s };
    return { name, ints: [...value.ints], type: TYPES.ints };
  });

/** A tensor's description; a text stands for a size that only the caller knows. */
export const valueInfo = (name: string, shape: readonly (number | string)[]): object => ({
  name,
  type: { tensor_type: { elem_type: FLOAT, shape: { dim: shape.map((size) => (typeof size === 'string' ? { dim_param: size } : { dim_value: size })) } } }
});
