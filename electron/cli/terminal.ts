/** Progress in a terminal: one line that is drawn again on a TTY, plain lines that stay otherwise. */
import type { Progress, StageProgress } from '../contract';

export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const STAGES: Record<StageProgress['stage'], string> = {
  download: 'Downloading', unpack: 'Unpacking', read: 'Reading', decode: 'Decoding pictures', weights: 'Loading weights', compile: 'Compiling',
  features: 'Computing features', evaluate: 'Evaluating', save: 'Saving', export: 'Exporting', learning_rate: 'Trying learning rates',
  health: 'Looking the pictures through', doubts: 'Looking for doubtful labels', copy: 'Copying pictures', classify: 'Classifying', measure: 'Measuring this machine', map: 'Laying out the map'
};
/** A bar is as wide as the line has room for, within these. */
const WIDEST = 24;
const NARROWEST = 8;
/** A terminal is drawn at most so often, milliseconds. */
const FRAME = 80;

const bar = (share: number, room: number): string => {
  const width = Math.min(WIDEST, Math.max(NARROWEST, room - 2));
  const full = Math.round(width * Math.min(1, Math.max(0, share)));
  return `[${'='.repeat(full)}${'.'.repeat(width - full)}]`;
};

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const left = (seconds: number | null): string => (seconds === null || seconds < 0.5 ? '' : `  ${duration(seconds)} left`);
const amount = ({ done, total, unit }: StageProgress): string => {
  const count = (n: number) => (unit === 'bytes' ? `${(n / 1e6).toFixed(1)} MB` : `${n}`);
  return `${count(done)}${total > 0 ? ` of ${count(total)}` : ''}${unit === 'bytes' ? '' : ` ${unit}`}`;
};

/** Turns progress into lines on `screen`. */
export class Terminal {
  readonly #screen: Screen;
  #phases: { name: string; epochs: number }[] = [];
  #phase = -1;
  #stage: string | null = null;
  #drawn = false;
  #lastFrame = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** A line that stays. */
  line(text: string): void {
    this.clear();
    this.#screen.write(`${text}\n`);
  }

  /** Takes the live line away, before something else is written. */
  clear(): void {
    if (this.#drawn) this.#screen.write('\r\x1b[2K');
    this.#drawn = false;
  }

  report(progress: Progress): void {
    switch (progress.kind) {
      case 'stage': {
        const name = STAGES[progress.stage];
        if (this.#screen.isTTY) {
          if (progress.total > 0 && progress.done >= progress.total) this.clear();
          else this.#draw(name, progress.total > 0 ? progress.done / progress.total : null, `${amount(progress)}${left(progress.secondsLeft)}`);
        } else if (this.#stage !== progress.stage) this.line(`${name}.`);
        this.#stage = progress.stage;
        return;
      }
      case 'training_started': {
        this.#phases = progress.phases;
        const held = progress.validationCount > 0 ? `, ${progress.validationCount} kept for validation` : '';
        if (progress.from.phase >= progress.phases.length) return this.line('The run has ended already; this is what came of it.');
        this.line(`Training on ${progress.trainCount} pictures${held}.`);
        const { phase, epoch, step } = progress.from;
        if (phase + epoch + step > 0) this.line(`Going on from phase ${phase + 1}, epoch ${epoch + 1}${step > 0 ? `, step ${step + 1}` : ''}.`);
        return;
      }
      case 'phase_started':
        this.#enter(progress.phase);
        if (progress.variants === 0) this.line('Pictures are changed anew in each epoch.');
        else if (progress.variants !== null) this.line(`Kept of each picture, and taking turns: ${progress.variants} changed ${progress.variants === 1 ? 'variant' : 'variants'}.`);
        return;
      case 'step': {
        this.#enter(progress.phase);
        if (!this.#screen.isTTY) return;
        const epochs = this.#phases[progress.phase]?.epochs ?? 0;
        this.#draw(
          `Epoch ${progress.epoch + 1}/${epochs}`,
          progress.step / progress.steps,
          `${progress.step}/${progress.steps}  loss ${progress.loss.toFixed(4)}  accuracy ${progress.accuracy.toFixed(4)}${left(progress.secondsLeft)}`
        );
        return;
      }
      case 'epoch': {
        this.#enter(progress.phase);
        const epochs = this.#phases[progress.phase]?.epochs ?? 0;
        const validation = progress.valLoss === null ? '' : `  val_loss ${progress.valLoss.toFixed(4)}  val_accuracy ${(progress.valAccuracy ?? 0).toFixed(4)}`;
        this.line(`Epoch ${progress.epoch + 1}/${epochs}  ${progress.seconds.toFixed(1)} s  loss ${progress.loss.toFixed(4)}  accuracy ${progress.accuracy.toFixed(4)}${validation}${left(progress.secondsLeft)}`);
        return;
      }
      case 'phase_ended':
        if (progress.result.test_accuracy !== null) {
          this.line(`After this phase: accuracy ${progress.result.test_accuracy.toFixed(4)}, loss ${progress.result.test_loss?.toFixed(4) ?? '-'} on ${testedOn(progress.testedOn, progress.testCount)}.`);
        }
        return;
      case 'paused':
        return this.line('Paused.');
      case 'continued':
        return this.line('Going on.');
      case 'finished':
      case 'failed':
      case 'interrupted':
        return this.clear();
    }
  }

  #enter(phase: number): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    const { name = '', epochs = 0 } = this.#phases[phase] ?? {};
    this.line(`Phase ${phase + 1} of ${this.#phases.length}: ${name}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}.`);
  }

  /** A line that the next one replaces: what it is, how far (null: unknown), and the rest. */
  #draw(before: string, share: number | null, after: string): void {
    const now = Date.now();
    if (this.#drawn && now - this.#lastFrame < FRAME) return;
    this.#lastFrame = now;
    const columns = (this.#screen.columns || 80) - 1;
    const text = share === null ? `${before} ${after}` : `${before} ${bar(share, columns - before.length - after.length - 2)} ${after}`;
    this.#screen.write(`\r\x1b[2K${text.slice(0, Math.max(20, columns))}`);
    this.#drawn = true;
  }
}

/** In words, what an accuracy was measured on. */
export function testedOn(what: 'test' | 'test_first' | 'validation' | 'all', count: number): string {
  if (what === 'test') return `the ${count} test pictures`;
  if (what === 'all') return `all ${count} pictures, those it may have learned from too (the data set has no test part)`;
  return what === 'test_first' ? `the first ${count} test pictures (the rest is not at hand)` : `${count} validation pictures (the data set has no test part)`;
}
