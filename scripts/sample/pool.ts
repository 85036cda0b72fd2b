/** Renders many pictures on all cores. The bundle is its own worker: it starts itself again with a share of the work. */
import { availableParallelism } from 'node:os';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { type Style, picture } from './picture';
import type { Maker } from './thing';

export interface Order {
  /** Seed: the same name gives the same picture, whoever draws it and when. */
  readonly name: string;
  /** Key in the makers. */
  readonly thing: string;
}

interface Share {
  readonly pool: string;
  readonly orders: readonly Order[];
  readonly first: number;
  readonly stride: number;
  readonly style: Style;
}

export interface Pool {
  /** Pictures in the order asked for, `size` x `size` RGB bytes each. */
  render(orders: readonly Order[], style: Style, onDone?: (done: number) => void): Promise<Uint8Array[]>;
}

/** In a worker thread this serves the share it was started with and returns null. */
export function createPool(id: string, makers: Readonly<Record<string, Maker>>, file: string): Pool | null {
  if (!isMainThread) {
    const share = workerData as Share;
    if (share.pool === id) serve(share, makers);
    return null;
  }
  return {
    async render(orders, style, onDone) {
      const pictures = new Array<Uint8Array>(orders.length);
      const stride = Math.min(availableParallelism(), orders.length);
      let done = 0;
      await Promise.all(
        Array.from({ length: stride }, (_, first) => {
          const share: Share = { pool: id, orders, first, stride, style };
          const worker = new Worker(file, { workerData: share });
          return new Promise<void>((resolve, reject) => {
            worker.on('message', ({ index, pixels }: { index: number; pixels: Uint8Array }) => {
              pictures[index] = pixels;
              onDone?.(++done);
            });
            worker.on('error', reject);
            worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A rendering worker ended with code ${code}.`))));
          });
        })
      );
      return pictures;
    },
  };
}

function serve({ orders, first, stride, style }: Share, makers: Readonly<Record<string, Maker>>): void {
  for (let index = first; index < orders.length; index += stride) {
    const { name, thing } = orders[index] as Order;
    const pixels = picture(name, makers[thing] as Maker, style);
    parentPort?.postMessage({ index, pixels });
  }
}
