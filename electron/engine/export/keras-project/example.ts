/** A labelled picture as a tf.train.Example: what TensorFlow's own readers take. Field numbers: tensorflow/core/example/{example,feature}.proto */
import protobuf from 'protobufjs';

const SCHEMA = `syntax = "proto3";
message BytesList { repeated bytes value = 1; }
message Int64List { repeated int64 value = 1; }
message Feature { oneof kind { BytesList bytes_list = 1; Int64List int64_list = 3; } }
message Features { map<string, Feature> feature = 1; }
message Example { Features features = 1; }`;

const Example = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Example');

/** @param image bytes 0..255 in row order, R G B interleaved */
export const encodeExample = (image: Uint8Array, label: number): Uint8Array =>
  Example.encode({ features: { feature: { image: { bytes_list: { value: [image] } }, label: { int64_list: { value: [label] } } } } }).finish();
