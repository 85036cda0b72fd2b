/**
 * Where a run stands, on disk: `checkpoint.json` and the arrays it names in one file of float32. The arrays are written first under a new
 * name and the JSON is renamed over the old one, so at every moment the folder holds one whole checkpoint.
 */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { causeOf, HistorySchema, PhaseResultSchema, RecipeSchema, TsugikiError } from '../../contract';
import type { Weights } from '../model/layers';

const CheckpointSchema = v.object({
  format: v.literal('tsugiki-checkpoint'),
  version: v.literal(2),
  recipe: RecipeSchema,
  weightsSource: v.string(),
  /** What the run learns from: going on with other pictures would be another run. */
  data: v.object({ classNames: v.array(v.string()), imageSize: v.number() }),
  /** The phase to go on with, and where in it. */
  phase: v.number(),
  position: v.object({
    epoch: v.number(),
    step: v.number(),
    random: v.pipe(v.tuple([v.number(), v.number(), v.number(), v.number()]), v.readonly()),
    sums: v.object({ loss: v.number(), hits: v.number(), seen: v.number(), seconds: v.number() }),
    history: HistorySchema,
    epochSeconds: v.pipe(v.array(v.number()), v.readonly())
  }),
  optimizerSteps: v.number(),
  results: v.array(PhaseResultSchema),
  arrays: v.object({ file: v.string(), names: v.array(v.object({ group: v.picklist(['weights', 'slots', 'best']), name: v.string(), length: v.number() })) })
});

export type CheckpointState = Omit<v.InferOutput<typeof CheckpointSchema>, 'format' | 'version' | 'arrays'>;
export interface Checkpoint extends CheckpointState {
  weights: Weights;
  slots: Weights;
  /** Weights of the best epoch so far, where the phase asks for them; otherwise empty. */
  best: Weights;
}

const FILE = 'checkpoint.json';

export function saveCheckpoint(directory: string, { weights, slots, best, ...state }: Checkpoint): void {
  const file = `checkpoint-${state.phase}-${state.position.epoch}-${state.position.step}.bin`;
  const groups = [['weights', weights], ['slots', slots], ['best', best]] as const;
  const names = groups.flatMap(([group, arrays]) => [...arrays].map(([name, array]) => ({ group, name, length: array.length })));
  const parts = groups.flatMap(([, arrays]) => [...arrays.values()].map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)));
  writeWhole(join(directory, file), Buffer.concat(parts));
  writeWhole(join(directory, FILE), JSON.stringify({ format: 'tsugiki-checkpoint', version: 2, ...state, arrays: { file, names } }));
  for (const name of arrayFiles(directory)) if (name !== file) rmSync(join(directory, name), { force: true });
}

/** Under another name first, and on the disk itself before it is renamed: a power cut leaves the old file or the new one. */
function writeWhole(path: string, data: string | Uint8Array): void {
  const file = openSync(`${path}.tmp`, 'w');
  try {
    writeFileSync(file, data);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
}

const arrayFiles = (directory: string): string[] => readdirSync(directory).filter((name) => /^checkpoint-\d+-\d+-\d+\.bin(\.tmp)?$/.test(name));

/** Takes the checkpoint of an earlier run out of the folder. */
export function removeCheckpoint(directory: string): void {
  for (const name of [FILE, ...arrayFiles(directory)]) rmSync(join(directory, name), { force: true });
}

/** The checkpoint of a run's folder, or null when it has none yet. */
export function loadCheckpoint(directory: string): Checkpoint | null {
  const path = join(directory, FILE);
  if (!existsSync(path)) return null;
  try {
    const { arrays, format: _f, version: _v, ...state } = v.parse(CheckpointSchema, JSON.parse(readFileSync(path, 'utf8')));
    const bytes = readFileSync(join(directory, arrays.file));
    const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const groups = { weights: new Map<string, Float32Array>(), slots: new Map<string, Float32Array>(), best: new Map<string, Float32Array>() };
    let offset = 0;
    for (const { group, name, length } of arrays.names) {
      groups[group].set(name, all.slice(offset, offset + length));
      offset += length;
    }
    if (offset !== all.length) throw new Error(`${arrays.file} has ${all.length} numbers instead of ${offset}`);
    return { ...state, ...groups };
  } catch (error) {
    const reason = causeOf(error);
    throw new TsugikiError('checkpoint_damaged', `The checkpoint ${path} cannot be read (${reason.message}). Start the training again.`, { path, reason });
  }
}
