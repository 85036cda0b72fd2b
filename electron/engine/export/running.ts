/** What a reader of ours makes of a file, run in native TensorFlow. */
import { Graph, nameOf, type Tensor } from '../graph/graph';
import { encodeSavedModel } from '../graph/saved-model';
import { Session } from '../runtime/session';
import type { LoadedExport } from './outlet';

/**
 * @param size height and width of the pictures that come in; @param build the file's operations on pixels 0..255 [n, size, size, 3], to probabilities
 */
export function runGraph(size: number, build: (g: Graph, image: Tensor) => Tensor): LoadedExport {
  const g = new Graph();
  const image = g.placeholder('image', 'float32', [null, size, size, 3]);
  const probabilities = nameOf(build(g, image));
  const session = new Session(encodeSavedModel(g));
  return {
    predict: async (pixels, count) => session.run([{ name: nameOf(image), shape: [count, size, size, 3], data: pixels }], [probabilities])[0] as Float32Array,
    dispose: () => session.dispose()
  };
}
