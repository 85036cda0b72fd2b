/** Graphs that predict: the model's own, and what a reader of ours makes of a file. */
import { Graph, nameOf, type Tensor } from '../graph/graph';
import { constants } from '../graph/inference';
import { buildNetwork, preprocess } from '../graph/network';
import { encodeSavedModel } from '../graph/saved-model';
import { Session } from '../runtime/session';
import type { TrainedModel } from '../model/model-folder';
import type { LoadedExport } from './outlet';

/** @param image pixels 0..255, [n, imageSize, imageSize, 3]; @returns probabilities [n, classes] */
export function predicting(g: Graph, { network, weights, meta }: TrainedModel, image: Tensor): Tensor {
  const [input] = network.layers;
  const output = network.layers[network.layers.length - 1];
  if (!input || !output) throw new Error('A network needs an input and an output.');
  const outputs = buildNetwork(g, network, { given: new Map([[input.name, preprocess(g, image, meta.scale, meta.inputSize)]]), weight: constants(g, weights) });
  return outputs.get(output.name) as Tensor;
}

/** Operations on pictures, compiled. */
export interface Compiled {
  /** @param pixels 0..255, [count, size, size, 3]; @returns what was wanted, in its order */
  run(pixels: Float32Array, count: number): Float32Array[];
  dispose(): void;
}

/** @param size height and width of the pictures that come in; @param build operations on pixels 0..255 [n, size, size, 3], to what is wanted of them */
export function compileGraph(size: number, build: (g: Graph, image: Tensor) => readonly Tensor[]): Compiled {
  const g = new Graph();
  const image = g.placeholder('image', 'float32', [null, size, size, 3]);
  const wanted = build(g, image).map(nameOf);
  const session = new Session(encodeSavedModel(g));
  return {
    run: (pixels, count) => session.run([{ name: nameOf(image), shape: [count, size, size, 3], data: pixels }], wanted) as Float32Array[],
    dispose: () => session.dispose()
  };
}

/** @param build the file's operations, to probabilities */
export function runGraph(size: number, build: (g: Graph, image: Tensor) => Tensor): LoadedExport {
  const { run, dispose } = compileGraph(size, (g, image) => [build(g, image)]);
  return { predict: async (pixels, count) => run(pixels, count)[0] as Float32Array, dispose };
}
