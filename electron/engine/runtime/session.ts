/** A compiled graph in native TensorFlow: feed arrays by name, fetch arrays by name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binding } from './tensorflow';

export type Values = Float32Array | Int32Array | Uint8Array;

export interface Feed {
  readonly name: string;
  readonly shape: readonly number[];
  /** The array's type says the dtype: Float32Array float32, Int32Array int32, Uint8Array uint8; a list of bytes is string. */
  readonly data: Values | readonly Uint8Array[];
}

const dtypeOf = (data: Feed['data']): number => (data instanceof Float32Array ? 1 : data instanceof Int32Array ? 3 : data instanceof Uint8Array ? 4 : 7);

const isValues = (data: Feed['data']): data is Values => ArrayBuffer.isView(data);

/**
 * A copy that TensorFlow copies again. Memory that happens to lie on its boundaries (64 bytes) it would share with JavaScript instead: a variable
 * assigned from it lets go of it on a thread of TensorFlow's, where the binding must not call JavaScript, and sooner or later the process
 * ends. One element past a boundary of 16 bytes, which every allocation has, lies on none.
 */
function unshared(data: Values): Values {
  const Kind = data.constructor as new (length: number) => Values;
  const copy = new Kind(data.length + 1).subarray(1);
  copy.set(data);
  return copy;
}

export class Session {
  readonly #id: number;
  #open = true;

  /** @param savedModel bytes of a `saved_model.pb` with tag "serve" */
  constructor(savedModel: Uint8Array) {
    // TensorFlow's C API loads a session from a directory only.
    const directory = mkdtempSync(join(tmpdir(), 'tsugiki-'));
    try {
      writeFileSync(join(directory, 'saved_model.pb'), savedModel);
      this.#id = binding().loadSavedModel(directory, 'serve');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /**
   * Runs the graph once; blocks the thread until it is done.
   * @param fetches tensor names such as "loss:0"
   */
  run(feeds: readonly Feed[], fetches: readonly string[]): Values[] {
    const native = binding();
    const inputs = feeds.map((feed) => native.createTensor([...feed.shape], dtypeOf(feed.data), isValues(feed.data) ? unshared(feed.data) : feed.data));
    try {
      const outputs = native.runSavedModel(this.#id, inputs, feeds.map((feed) => feed.name).join(','), fetches.join(','));
      return outputs.map((output) => {
        const data = native.tensorDataSync(output.id);
        native.deleteTensor(output.id);
        return data;
      });
    } finally {
      for (const input of inputs) native.deleteTensor(input);
    }
  }

  /** Frees the variables and the graph. */
  dispose(): void {
    if (this.#open) binding().deleteSavedModel(this.#id);
    this.#open = false;
  }
}
