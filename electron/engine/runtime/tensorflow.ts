/** Native TensorFlow, the only door to it. The shim must come first: tfjs-node calls functions that Node >= 23 no longer has. */
import './node-shim';
import * as tf from '@tensorflow/tfjs-node';

export { tf };

/** The part of tfjs-node's native binding that sessions use. Tensors are numbers (ids); 1 is float32, 3 int32, 4 uint8, 7 string (TF_DataType). */
export interface Binding {
  createTensor(shape: number[], dtype: number, data: Float32Array | Int32Array | Uint8Array | readonly Uint8Array[]): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): { id: number; shape: number[]; dtype: number }[];
}

/** tfjs keeps its binding to itself; this is the one place that reaches for it. */
export const binding = (): Binding => (tf.backend() as unknown as { binding: Binding }).binding;

export const tensorflowVersion = (): string => String((binding() as unknown as { TF_Version?: string }).TF_Version ?? 'unknown');
