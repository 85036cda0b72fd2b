/**
 * A graph as the bytes of TensorFlow's `saved_model.pb`.
 * Message and field numbers: tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape,types}.proto and
 * tensorflow/core/protobuf/{saved_model,meta_graph}.proto; only the fields written here are declared.
 */
import protobuf from 'protobufjs';
import { type Attribute, type DType, type Graph, type GraphShape, type Node, type Tensor, nameOf } from './graph';

const SCHEMA = `syntax = "proto3";
message Dim { int64 size = 1; }
message Shape { repeated Dim dim = 2; }
message TensorValue { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; }
message AttrList { repeated bytes s = 2; repeated int64 i = 3; repeated Shape shape = 7; }
message Attr { oneof value { AttrList list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6; Shape shape = 7; TensorValue tensor = 8; } }
message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, Attr> attr = 5; }
message Versions { int32 producer = 1; }
message GraphDef { repeated NodeDef node = 1; Versions versions = 4; }
message TensorInfo { string name = 1; int32 dtype = 2; Shape tensor_shape = 3; }
message Signature { map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3; }
message MetaInfo { string meta_graph_version = 1; repeated string tags = 4; string tensorflow_version = 5; }
message MetaGraph { MetaInfo meta_info_def = 1; GraphDef graph_def = 2; map<string, Signature> signature_def = 5; }
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraph meta_graphs = 2; }`;

const SavedModel = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('SavedModel');

/** types.proto */
const DTYPES: Record<DType, number> = { float32: 1, int32: 3, uint8: 4, string: 7, bool: 10, resource: 20 };
/** GraphDef version of TensorFlow 2.15; newer ones read older graphs. */
const PRODUCER = 1645;

const shapeMessage = (shape: GraphShape) => ({ dim: shape.map((size) => ({ size: size ?? -1 })) });
const text = (value: string) => new TextEncoder().encode(value);

function attributeMessage(attribute: Attribute): object {
  if ('value' in attribute) {
    const { value, shape } = attribute;
    const dtype = DTYPES[value instanceof Float32Array ? 'float32' : 'int32'];
    return { tensor: { dtype, tensor_shape: shapeMessage(shape), tensor_content: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) } };
  }
  if ('type' in attribute) return { type: DTYPES[attribute.type] };
  if ('shapes' in attribute) return { list: { shape: attribute.shapes.map(shapeMessage) } };
  if ('shape' in attribute) return { shape: shapeMessage(attribute.shape) };
  if ('ints' in attribute) return { list: { i: attribute.ints } };
  if ('s' in attribute) return { s: text(attribute.s) };
  return attribute;
}

const nodeMessage = (node: Node) => ({
  name: node.name,
  op: node.op,
  input: [...node.inputs.map((input) => (input.index === 0 ? input.node.name : nameOf(input))), ...node.controls.map((control) => `^${control.name}`)],
  attr: Object.fromEntries(Object.entries(node.attributes).map(([key, value]) => [key, attributeMessage(value)]))
});

const infoMessage = (tensor: Tensor) => ({ name: nameOf(tensor), dtype: DTYPES[tensor.dtype], tensor_shape: shapeMessage(tensor.shape) });

export interface SignatureSpec {
  inputs: Record<string, Tensor>;
  outputs: Record<string, Tensor>;
}

/** A constant of floats, as a file has it. */
export interface StoredConstant {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The float constants of a `saved_model.pb` that we wrote, in its order. @throws Error for whatever is none */
export function constantsOf(bytes: Uint8Array): StoredConstant[] {
  const model = SavedModel.toObject(SavedModel.decode(bytes), { longs: Number, arrays: true }) as Decoded;
  return (model.meta_graphs[0]?.graph_def?.node ?? []).flatMap(({ op, attr }) => {
    const tensor = attr?.['value']?.tensor;
    if (op !== 'Const' || tensor?.dtype !== DTYPES.float32 || !tensor.tensor_content) return [];
    return [{ shape: (tensor.tensor_shape?.dim ?? []).map(({ size = 0 }) => size), values: new Float32Array(new Uint8Array(tensor.tensor_content).buffer) }];
  });
}
interface Decoded {
  meta_graphs: { graph_def?: { node: { op: string; attr?: Record<string, { tensor?: { dtype: number; tensor_shape?: { dim: { size?: number }[] }; tensor_content?: Uint8Array } }> }[] } }[];
}

/** The bytes of `saved_model.pb`, tag "serve"; with signatures when other programs shall call it. */
export function encodeSavedModel(graph: Graph, signatures: Record<string, SignatureSpec> = {}): Uint8Array {
  const messages = (tensors: Record<string, Tensor>) => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, infoMessage(tensor)]));
  // Constants that nothing reads, such as kernels that were folded into others, would only be weight.
  const read = new Set(graph.nodes.flatMap((node) => node.inputs.map((input) => input.node)));
  const nodes = graph.nodes.filter((node) => node.op !== 'Const' || read.has(node));
  return SavedModel.encode({
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { tags: ['serve'], tensorflow_version: '2.15.1' },
        graph_def: { node: nodes.map(nodeMessage), versions: { producer: PRODUCER } },
        signature_def: Object.fromEntries(
          Object.entries(signatures).map(([name, s]) => [name, { inputs: messages(s.inputs), outputs: messages(s.outputs), method_name: 'tensorflow/serving/predict' }])
        )
      }
    ]
  }).finish();
}
