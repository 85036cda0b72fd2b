/** Event files of a run: read by a reader written for this test, and by TensorBoard itself where it is there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { beforeAll, describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { type EpochProgress, type Progress, RecipeSchema, StoppedError } from '../../electron/contract';
import { JobControl } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { train } from '../../electron/engine/jobs/train';
import { crc32c, framed, maskedCrc32c } from '../../electron/engine/data/tfrecord';
import { TensorBoard } from '../../electron/engine/training/tensorboard';
import { temporaryFolder } from './fixtures';
import { askPython, hasPython, runPython } from './python';

describe('checksums', () => {
  test('are CRC-32C (RFC 3720, appendix B.4)', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});

const hasTensorBoard = hasPython && runPython('import tensorboard; print("yes")').stdout.includes('yes');
if (hasPython && !hasTensorBoard) console.info('skipped: the Python that TSUGIKI_TF_PYTHON names has no tensorboard, so it does not read our event files itself: pip install tensorboard');

interface Read {
  step: number;
  [tag: string]: number;
}

/** What lies in the event files of a folder, in the order of their names; throws where a frame is not whole. */
function readEvents(folder: string): { summaries: Read[]; starts: number[]; versions: string[] } {
  const Event = protobuf.parse(
    `syntax = "proto3"; message V { string tag = 1; float simple_value = 2; } message S { repeated V value = 1; } message L { int32 status = 1; }
     message Event { double wall_time = 1; int64 step = 2; string file_version = 3; S summary = 5; L session_log = 7; }`,
    { keepCase: true }
  ).root.lookupType('Event');
  const read = { summaries: [] as Read[], starts: [] as number[], versions: [] as string[] };
  for (const name of readdirSync(folder).sort()) {
    const bytes = readFileSync(join(folder, name));
    for (let at = 0; at < bytes.length; ) {
      const length = Number(bytes.readBigUInt64LE(at));
      expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
      const record = bytes.subarray(at + 12, at + 12 + length);
      expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(record));
      at += length + 16;
      const event = Event.toObject(Event.decode(record), { longs: Number }) as { step?: number; file_version?: string; summary?: { value: { tag: string; simple_value: number }[] }; session_log?: object };
      if (event.file_version) read.versions.push(event.file_version);
      if (event.session_log) read.starts.push(event.step ?? 0);
      if (event.summary) read.summaries.push({ step: event.step ?? 0, ...Object.fromEntries(event.summary.value.map(({ tag, simple_value }) => [tag, simple_value])) });
    }
  }
  return read;
}

const recipe = v.parse(RecipeSchema, {
  alpha: 0.35, inputSize: 32, head: [], limit: 320, batchSize: 32,
  phases: [{ name: 'frozen', epochs: 2 }, { name: 'tail', trainableFrom: 'block_16_expand', epochs: 3, optimizer: { name: 'adam', learningRate: 0.0002 } }]
});
const directory = temporaryFolder();
const [training, validation] = [join(directory, 'tensorboard', 'train'), join(directory, 'tensorboard', 'validation')];
const epochs: EpochProgress[] = [];

/** Stops in the last epoch, behind its last step and before its validation, and goes on. */
beforeAll(async () => {
  const dataset = await openDataset({ kind: 'sample' }, new JobControl().context(() => undefined));
  for (const resume of [false, true]) {
    const control = new JobControl();
    const report = (progress: Progress): void => {
      if (progress.kind === 'epoch') epochs.push(progress);
      if (!resume && progress.kind === 'step' && progress.phase === 1 && progress.epoch === 2 && progress.step === progress.steps) control.stop();
    };
    await train({ recipe, weights: 'random', dataset, directory, runId: 'a', resume }, control.context(report)).catch((error: unknown) => {
      if (!(error instanceof StoppedError)) throw error;
    });
  }
});

const float = (values: readonly (number | null)[]): number[] => [...Float32Array.from(values, (value) => value ?? NaN)];
const tagged = (read: Read[], tag: string) => read.filter((event) => tag in event).map((event) => [event.step, event[tag]]);
const counted = (values: number[]) => values.map((value, epoch) => [epoch, value]);

describe('the event files of a run that was broken off', () => {
  test('hold every epoch once, counted through the phases, with Keras\' tags', () => {
    expect(epochs).toHaveLength(5);
    const read = readEvents(training).summaries;
    expect(tagged(read, 'epoch_loss')).toEqual(counted(float(epochs.map(({ loss }) => loss))));
    expect(tagged(read, 'epoch_accuracy')).toEqual(counted(float(epochs.map(({ accuracy }) => accuracy))));
    // In the last epoch no step was left to tell its rate.
    expect(tagged(read, 'epoch_learning_rate')).toEqual(counted(float([0.001, 0.001, 0.0002, 0.0002])));
    const measured = readEvents(validation).summaries;
    expect(tagged(measured, 'epoch_loss')).toEqual(counted(float(epochs.map(({ valLoss }) => valLoss))));
    expect(tagged(measured, 'epoch_accuracy')).toEqual(counted(float(epochs.map(({ valAccuracy }) => valAccuracy))));
  });

  test('are one a session, the second of which says where it begins', () => {
    const { versions, starts, summaries } = readEvents(training);
    expect(versions).toEqual(['brain.Event:2', 'brain.Event:2']);
    // 256 pictures are 8 batches an epoch, and all of the 5 epochs were done.
    expect(starts).toEqual([5 * 8 + 1]);
    const batches = tagged(summaries, 'batch_loss').map(([step]) => step as number);
    expect(batches.length).toBeGreaterThan(0);
    expect(Math.max(...batches)).toBeLessThanOrEqual(5 * 8);
  });

  test.skipIf(!hasTensorBoard)('say the same to TensorBoard', () => {
    const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
answer = {}
for name in ('train', 'validation'):
    events = EventAccumulator(sys.argv[1] + '/tensorboard/' + name, size_guidance={'scalars': 0}).Reload()
    answer[name] = {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in events.Tags()['scalars']}
print('ANSWER', json.dumps(answer))`;
    const answer = askPython(program, [directory]) as Record<string, Record<string, number[][]>>;
    const ours = readEvents(training).summaries;
    expect(Object.keys(answer['train'] ?? {}).sort()).toEqual(['batch_accuracy', 'batch_loss', 'epoch_accuracy', 'epoch_learning_rate', 'epoch_loss']);
    for (const tag of ['epoch_loss', 'epoch_accuracy', 'epoch_learning_rate']) expect(answer['train']?.[tag], tag).toEqual(tagged(ours, tag));
    for (const tag of ['epoch_loss', 'epoch_accuracy']) expect(answer['validation']?.[tag], tag).toEqual(tagged(readEvents(validation).summaries, tag));
  });
});

describe('batches after the last checkpoint', () => {
  const folder = temporaryFolder();
  const started = (epoch: number, step: number): Progress => ({
    kind: 'training_started', runId: 'a', trainCount: 32, validationCount: 0, from: { phase: 0, epoch, step }, phases: [{ name: 'frozen', epochs: 3, stepsPerEpoch: 4, trainableFrom: null }]
  });
  const step = (epoch: number, number: number, batchLoss: number): Progress => ({
    kind: 'step', phase: 0, epoch, step: number, steps: 4, loss: 0, accuracy: 0, batchLoss, batchAccuracy: 0, learningRate: 1, secondsLeft: null
  });

  test.skipIf(!hasTensorBoard)('are forgotten by TensorBoard when the run is taken up again before them', () => {
    const sessions: [from: Progress, batches: Progress[]][] = [[started(0, 0), [step(1, 3, 0.5)]], [started(1, 1), [step(1, 2, 0.25)]]];
    for (const [from, batches] of sessions) {
      const events = new TensorBoard(folder, []);
      [from, ...batches].forEach((progress) => events.hear(progress));
    }
    const program = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1]).Reload()
print('ANSWER', json.dumps([[event.step, event.value] for event in events.Scalars('batch_loss')]))`;
    expect(askPython(program, [join(folder, 'tensorboard', 'train')])).toEqual([[6, 0.25]]);
  });
});

test('a frame holds length, record and two checksums', () => expect(framed(Buffer.from('abc'))).toHaveLength(3 + 16));
