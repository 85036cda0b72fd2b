/**
 * A run as TensorBoard reads it: tensorboard/{train,validation}/events.out.tfevents.* in the run's folder, with the tags of Keras' TensorBoard
 * callback. Epochs are counted from 0 and batches from 1 through all phases.
 * Message and field numbers: tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto; only what is written is declared.
 */
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import type { PhaseResult, Progress } from '../../contract';
import { framed } from '../data/tfrecord';

const SCHEMA = `syntax = "proto3";
message Value { string tag = 1; optional float simple_value = 2; }
message Summary { repeated Value value = 1; }
message SessionLog { int32 status = 1; }
message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; } }`;

const Event = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Event');
/** event.proto: SessionLog.START. Readers drop what an earlier session has written at this step and later. */
const START = 1;
/** Milliseconds between two batches that are written: TensorBoard shows a thousand points of a curve. */
const BATCH_EVERY = 1000;

const folderOf = (directory: string): string => join(directory, 'tensorboard');

/** Takes the events of an earlier run out of the folder. */
export const removeEvents = (directory: string): void => rmSync(folderOf(directory), { recursive: true, force: true });

export class TensorBoard {
  readonly #training: EventFile;
  readonly #validation: EventFile;
  /** Of the phases that have ended. */
  #epochs: number;
  #steps = 0;
  #learningRate: number | null = null;
  #written = 0;

  /** @param directory the run's folder; @param ended results of the phases that ended before it was taken up again */
  constructor(directory: string, ended: readonly PhaseResult[]) {
    this.#training = new EventFile(join(folderOf(directory), 'train'));
    this.#validation = new EventFile(join(folderOf(directory), 'validation'));
    this.#epochs = ended.reduce((sum, { history }) => sum + history.loss.length, 0);
  }

  hear(progress: Progress): void {
    switch (progress.kind) {
      case 'training_started': {
        const { phases, from } = progress;
        this.#steps = phases[0]?.stepsPerEpoch ?? 0;
        const batches = (this.#epochs + from.epoch) * this.#steps + from.step;
        if (batches > 0) this.#training.start(batches + 1);
        break;
      }
      case 'step': {
        this.#learningRate = progress.learningRate;
        const now = performance.now();
        if (this.#written > 0 && now - this.#written < BATCH_EVERY) break;
        this.#written = now;
        this.#training.write((this.#epochs + progress.epoch) * this.#steps + progress.step, { batch_loss: progress.batchLoss, batch_accuracy: progress.batchAccuracy });
        break;
      }
      case 'epoch': {
        const epoch = this.#epochs + progress.epoch;
        this.#training.write(epoch, { epoch_loss: progress.loss, epoch_accuracy: progress.accuracy, epoch_learning_rate: this.#learningRate });
        if (progress.valLoss !== null) this.#validation.write(epoch, { epoch_loss: progress.valLoss, epoch_accuracy: progress.valAccuracy });
        break;
      }
      case 'phase_ended':
        this.#epochs += progress.result.history.loss.length;
        break;
    }
  }
}

/** A file that is there once something is written. A new one a session: readers take them in the order of their names. */
class EventFile {
  #path: string | null = null;
  #broken = false;

  constructor(private readonly folder: string) {}

  /** @param values by tag; what is null is left out */
  write(step: number, values: Record<string, number | null>): void {
    const value = Object.entries(values).flatMap(([tag, simple_value]) => (simple_value === null ? [] : [{ tag, simple_value }]));
    this.#append({ step, summary: { value } });
  }

  start(step: number): void {
    this.#append({ step, session_log: { status: START } });
  }

  /** A full disk costs the events, not the run. */
  #append(event: object): void {
    if (this.#broken) return;
    const record = (content: object): Uint8Array => framed(Event.encode({ wall_time: Date.now() / 1000, ...content }).finish());
    try {
      if (this.#path === null) {
        mkdirSync(this.folder, { recursive: true });
        this.#path = join(this.folder, `events.out.tfevents.${(Date.now() / 1000).toFixed(3)}.tsugiki`);
        appendFileSync(this.#path, record({ file_version: 'brain.Event:2' }));
      }
      appendFileSync(this.#path, record(event));
    } catch {
      this.#broken = true;
    }
  }
}
