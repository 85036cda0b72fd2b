/** Owner of the engine process: starts it, asks it, believes nothing it says unchecked, and starts it again when it dies. */
import { type UtilityProcess, utilityProcess } from 'electron';
import * as v from 'valibot';
import { ANSWERS, EngineMessageSchema, type EngineRequest, type ErrorShape, type Progress, type RequestMessage, TsugikiError } from '../contract';
import { log } from './log';
import { ENGINE } from './paths';

export type Answer<T extends EngineRequest['type']> = v.InferOutput<(typeof ANSWERS)[T]>;

export interface EngineEvents {
  progress(progress: Progress): void;
  /** Every question has been answered. A run that is going on asks none. */
  rest(): void;
  /** The process ended without being asked to. What it knew (data set, model, run) is gone with it. */
  gone(detail: string): void;
}

interface Waiting {
  type: EngineRequest['type'];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const fromShape = ({ code, message, params }: ErrorShape): TsugikiError => new TsugikiError(code, message, params);

export class EngineHost {
  #child: UtilityProcess | null = null;
  #ready = false;
  #closing = false;
  #lastId = 0;
  /** Last lines the engine wrote before it died. */
  #lastWords: string[] = [];
  readonly #waiting = new Map<number, Waiting>();

  constructor(readonly events: EngineEvents) {}

  /** Process id, for the doctor and for tests; undefined while the engine is not running. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the engine ahead of the first question. */
  start(): void {
    if (this.#child || this.#closing) return;
    const child = utilityProcess.fork(ENGINE, [], { serviceName: 'tsugiki-engine', stdio: 'pipe' });
    this.#child = child;
    this.#ready = false;
    this.#lastWords = [];
    child.stdout?.on('data', (text: Buffer) => log.debug(`[engine] ${text.toString().trimEnd()}`));
    child.stderr?.on('data', (text: Buffer) => this.#complained(text.toString().trimEnd()));
    child.on('message', (message: unknown) => this.#heard(message));
    child.once('exit', (code) => this.#ended(child, code));
  }

  /** Asks, starting the engine when it is not running. Rejects with the engine's own error, or `engine_gone` when it dies meanwhile. */
  ask<R extends EngineRequest>(request: R): Promise<Answer<R['type']>> {
    if (this.#closing) return Promise.reject(new TsugikiError('stopped', 'Tsugiki is closing.'));
    this.start();
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { type: request.type, resolve, reject }));
    this.#child?.postMessage({ id, request } satisfies RequestMessage);
    return answer as Promise<Answer<R['type']>>;
  }

  /** Ends the engine for good. Resolved when its process is gone, and its hold on the project with it. */
  close(): Promise<void> {
    this.#closing = true;
    const child = this.#child;
    return new Promise((resolve) => {
      child?.once('exit', () => resolve());
      if (!child?.kill()) resolve();
    });
  }

  #complained(text: string): void {
    log.info(`[engine] ${text}`);
    this.#lastWords = [...this.#lastWords, ...text.split('\n')].slice(-5);
  }

  #heard(raw: unknown): void {
    const parsed = v.safeParse(EngineMessageSchema, raw);
    if (!parsed.success) {
      log.error('The engine said something that is not in the contract', parsed.issues[0].message);
      return;
    }
    const message = parsed.output;
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        log.info(`Engine ${this.pid} is ready, TensorFlow ${message.tensorflow}`);
        return;
      case 'progress':
        this.events.progress(message.progress);
        return;
      case 'answer':
        this.#answered(message.id, message.value);
        return;
      case 'error':
        this.#settle(message.id)?.reject(fromShape(message.error));
    }
  }

  #answered(id: number, value: unknown): void {
    const waiting = this.#settle(id);
    if (!waiting) return;
    const checked = v.safeParse(ANSWERS[waiting.type] as v.GenericSchema, value);
    if (checked.success) waiting.resolve(checked.output);
    else waiting.reject(new TsugikiError('bad_answer', `The engine answered "${waiting.type}" with something unexpected: ${checked.issues[0].message}`, { call: waiting.type }));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.events.rest();
    return waiting;
  }

  #ended(child: UtilityProcess, code: number): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (this.#closing) return;
    const detail = [`exit code ${code}`, ...this.#lastWords].join('\n');
    log.error(`The engine ended: ${detail}`);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.events.gone(detail);
    this.events.rest();
    for (const { reject } of waiting) {
      reject(new TsugikiError('engine_gone', 'The training process ended unexpectedly. It has been started again; try once more.'));
    }
    // One that never came up would only die again: the next question starts it.
    if (this.#ready) this.start();
  }
}
