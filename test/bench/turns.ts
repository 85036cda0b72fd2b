/** One side of an interleaved measurement: prepares, says so, then does one turn for each line on stdin (test/bench/keras/turns.py is the other). */
import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export const tell = (answer: Record<string, unknown>): void => console.log(JSON.stringify(answer));

/** Until the next turn is wanted; the end of stdin is the end of the process, in whatever loop it stands. */
export async function wait(): Promise<void> {
  if ((await lines.next()).done) process.exit();
}

/** Does each turn; `turn` gives its seconds. The first, which warms up, is not counted. */
export async function takeTurns(turn: () => number | Promise<number>): Promise<void> {
  await turn();
  tell({ ready: true });
  for (;;) {
    await wait();
    tell({ seconds: await turn() });
  }
}

/** Makes each epoch of one long training a turn; the first, which warms up, is not counted. */
export class EpochTurns {
  #epochs = 0;

  ended(seconds: number): void {
    tell(this.#epochs++ === 0 ? { ready: true } : { seconds });
  }
}

export const clock = async (work: () => unknown): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

/** The middle one of the seconds that `calls` of it take. */
export async function medianOf(calls: number, work: () => unknown): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < calls; i++) seconds.push(await clock(work));
  return seconds.sort((a, b) => a - b)[Math.floor(calls / 2)] ?? NaN;
}
