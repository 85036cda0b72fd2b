/** Child processes that are measured: one that takes turns with another, and one that runs once from start to end. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { inRoot } from '../setup/places.mjs';
import { SetupError } from '../setup/terminal.mjs';

/** Both sides leave the number of threads to TensorFlow: all cores. */
const ENVIRONMENT = { TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '', PYTHONDONTWRITEBYTECODE: '1' };

function start(command, args, env = {}) {
  const child = spawn(command, args, { cwd: inRoot(), env: { ...process.env, ...ENVIRONMENT, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const said = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line) > 12 && said.shift());
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  const failure = (how) => new SetupError(`${args[0]} ended with ${how}:\n    ${said.join('\n    ')}`);
  child.on('error', (error) => said.push(error.message));
  // Whoever has ended is found by what it does not answer.
  child.stdin.on('error', () => undefined);
  return { child, ended, failure, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

/** A process that prepares, says `{"ready": true}`, and then does one turn for each line it gets (test/bench/turns.ts, keras/turns.py). */
export class Worker {
  #process;

  constructor(command, args, env) {
    this.#process = start(command, args, env);
  }

  async #answer() {
    for (;;) {
      const { done, value } = await this.#process.answers.next();
      if (done) throw this.#process.failure(await this.#process.ended);
      // Libraries write on stdout, too.
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  /** What it says about itself once it is warm. */
  ready() {
    return this.#answer();
  }

  async turn() {
    this.#process.child.stdin.write('\n');
    return (await this.#answer()).seconds;
  }

  async end() {
    this.#process.child.stdin.end();
    await this.#process.ended;
  }
}

/** Runs a program from start to end. @returns the JSON object it ends with, and its wall time as `seconds` */
export async function wholeRun(command, args, env) {
  const began = performance.now();
  const { child, ended, failure, answers } = start(command, args, env);
  child.stdin.end();
  const lines = [];
  for await (const line of answers) lines.push(line);
  const how = await ended;
  const seconds = (performance.now() - began) / 1000;
  if (how !== 0) throw failure(how);
  const text = lines.join('\n');
  return { seconds, ...JSON.parse(text.slice(text.indexOf('{'))) };
}

/** A, B, A, B ...: each side's seconds by turn, and what the second says about itself. */
export async function interleave(first, second, turns, onTurn) {
  const workers = [first(), second()];
  try {
    const [, { ready: _ready, ...about }] = await Promise.all(workers.map((worker) => worker.ready()));
    const seconds = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      for (const [side, worker] of workers.entries()) seconds[side].push(await worker.turn());
      onTurn(turn + 1, seconds[0].at(-1), seconds[1].at(-1));
    }
    return { ours: seconds[0], theirs: seconds[1], about };
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
}
