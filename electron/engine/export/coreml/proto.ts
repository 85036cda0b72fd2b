/** The part of Core ML's messages that we write and read: an ML Program. Names and field numbers: coremltools, mlmodel/format/{Model,FeatureTypes,MIL}.proto. */
import protobuf from 'protobufjs';

const SCHEMA = `syntax = "proto3";
message Empty {}
message ImageType { int64 width = 1; int64 height = 2; int32 colorSpace = 3; }
message DictionaryType { Empty stringKeyType = 2; }
message FeatureType { oneof type { Empty stringType = 3; ImageType imageType = 4; DictionaryType dictionaryType = 6; } }
message Feature { string name = 1; string shortDescription = 2; FeatureType type = 3; }
message Metadata { string shortDescription = 1; string author = 3; map<string, string> userDefined = 100; }
message Description { repeated Feature input = 1; repeated Feature output = 10; string predictedFeatureName = 11; string predictedProbabilitiesName = 12; Metadata metadata = 100; }

message Constant { uint64 size = 1; }
message Dimension { Constant constant = 1; }
message TensorType { int32 dataType = 1; int64 rank = 2; repeated Dimension dimensions = 3; }
message ListType { ValueType type = 1; Dimension length = 2; }
message MapType { ValueType keyType = 1; ValueType valueType = 2; }
message ValueType { oneof type { TensorType tensorType = 1; ListType listType = 2; MapType dictionaryType = 4; } }
message Floats { repeated float values = 1; }
message Ints { repeated int32 values = 1; }
message Bools { repeated bool values = 1; }
message Strings { repeated string values = 1; }
message TensorValue { oneof value { Floats floats = 1; Ints ints = 2; Bools bools = 3; Strings strings = 4; } }
message ListValue { repeated Value values = 1; }
message Immediate { oneof value { TensorValue tensor = 1; ListValue list = 3; } }
message Blob { string fileName = 1; uint64 offset = 2; }
message Value { ValueType type = 2; oneof value { Immediate immediateValue = 3; Blob blobFileValue = 5; } }
message Binding { oneof binding { string name = 1; Value value = 2; } }
message Argument { repeated Binding arguments = 1; }
message NamedType { string name = 1; ValueType type = 2; }
message Operation { string type = 1; map<string, Argument> inputs = 2; repeated NamedType outputs = 3; map<string, Value> attributes = 5; }
message Block { repeated string outputs = 2; repeated Operation operations = 3; }
message MilFunction { repeated NamedType inputs = 1; string opset = 2; map<string, Block> block_specializations = 3; }
message Program { int64 version = 1; map<string, MilFunction> functions = 2; }
message Model { int32 specificationVersion = 1; Description description = 2; Program mlProgram = 502; }`;

const Model = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Model');

/** MIL.proto, DataType */
export const TYPES = { bool: 1, string: 2, float16: 10, float32: 11, float64: 12, int32: 23 } as const;
export type TypeName = keyof typeof TYPES;

/** FeatureTypes.proto, ColorSpace */
export const RGB = 20;

interface TensorType {
  dataType: number;
  rank: number;
  dimensions: { constant: { size: number } }[];
}

export interface ValueType {
  tensorType?: TensorType;
  listType?: { type: ValueType; length: { constant: { size: number } } };
  dictionaryType?: { keyType: ValueType; valueType: ValueType };
}

export interface TensorValue {
  floats?: { values: number[] };
  ints?: { values: number[] };
  bools?: { values: boolean[] };
  strings?: { values: string[] };
}

export interface Value {
  type: ValueType;
  immediateValue?: { tensor?: TensorValue; list?: { values: Value[] } };
  blobFileValue?: { fileName: string; offset: number };
}

export interface Operation {
  type: string;
  inputs: Record<string, { arguments: ({ name: string } | { value: Value })[] }>;
  outputs: { name: string; type: ValueType }[];
  attributes: Record<string, Value>;
}

export interface CoremlModel {
  specificationVersion: number;
  description: object;
  mlProgram: { version: number; functions: Record<string, { inputs: { name: string; type: ValueType }[]; opset: string; block_specializations: Record<string, { outputs: string[]; operations: Operation[] }> }> };
}

export const encodeCoreml = (model: CoremlModel): Uint8Array => Model.encode(model).finish();

/** The program's own function: what goes in, and what it does. */
export function decodeCoreml(bytes: Uint8Array): { input: { name: string; type: ValueType }; operations: Operation[] } {
  const { mlProgram } = Model.toObject(Model.decode(bytes), { longs: Number, arrays: true, objects: true }) as CoremlModel;
  const main = mlProgram.functions['main'];
  const block = main?.block_specializations[main.opset];
  const [input] = main?.inputs ?? [];
  if (!block || !input) throw new Error('The program has no function "main" for its own operations.');
  return { input, operations: block.operations };
}

export const tensorType = (type: TypeName, shape: readonly number[] = []): ValueType =>
  ({ tensorType: { dataType: TYPES[type], rank: shape.length, dimensions: shape.map((size) => ({ constant: { size } })) } });

/** A text on its own. */
export const text = (value: string): Value => ({ type: tensorType('string'), immediateValue: { tensor: { strings: { values: [value] } } } });
