/** Another program to judge by: a Python with TensorFlow and Keras 3, named by TSUGIKI_TF_PYTHON. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const python = process.env['TSUGIKI_TF_PYTHON'];
export const hasPython = python !== undefined && existsSync(python);
if (!hasPython) console.info('skipped: TSUGIKI_TF_PYTHON names no Python, so TensorFlow and Keras themselves do not check what is written here');

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], cwd?: string): Ran =>
  spawnSync(python ?? '', args, { encoding: 'utf8', cwd, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '', PYTHONIOENCODING: 'utf-8' } });

export const runPython = (program: string, args: readonly string[] = [], cwd?: string): Ran => run(['-c', program, ...args], cwd);

/** A program that lies in a file, with what lies beside it. */
export const runPythonFile = (path: string, args: readonly string[]): Ran => run([path, ...args]);

/** What the program says in its line `ANSWER <json>`. @throws with its errors when there is none */
export function askPython(program: string, args: readonly string[], cwd?: string): unknown {
  const { stdout, stderr } = runPython(program, args, cwd);
  const answer = /^ANSWER (.*)$/m.exec(stdout)?.[1];
  if (answer === undefined) throw new Error(`Python gave no answer.\n${stderr}`);
  return JSON.parse(answer);
}
