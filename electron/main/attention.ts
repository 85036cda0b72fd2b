/** How work shows outside the window: progress on the task bar, a word when it ends unseen, and a machine that does not fall asleep while it trains. */
import { type BrowserWindow, Notification, app, powerSaveBlocker } from 'electron';
import type { Progress, Session, Wish } from '../contract';
import { words } from './words';

/** Seconds of work after which its end is worth a word. */
const LONG = 10;

/** Anything above 1: the bar moves without saying how far it is. */
const UNKNOWN = 2;

/** What the bar shows; below 0 nothing. */
interface Bar {
  readonly value: number;
  readonly mode: 'normal' | 'paused' | 'error';
}
const NONE: Bar = { value: -1, mode: 'normal' };

/** Share of the run that is done, 0..1. */
function share({ phases, step }: Session): number {
  const total = phases.reduce((sum, phase) => sum + phase.epochs, 0);
  if (!step || total === 0) return 0;
  const before = phases.slice(0, step.phase).reduce((sum, phase) => sum + phase.epochs, 0);
  return (before + step.epoch + step.step / step.steps) / total;
}

const isGoing = ({ status, planned }: Session): boolean => status === 'running' || status === 'paused' || planned > 0;

export class Attention {
  #shown = NONE;
  /** Runs of which each begins when the one before has ended, this one and those that have ended among them. */
  #row = 1;
  #blocker: number | null = null;
  /** When the work began that is no run and shows on the bar. */
  #since: number | null = null;
  /** Notifications that can be clicked: one that is let go of no longer hears it. */
  readonly #open = new Set<Notification>();

  constructor(
    readonly window: () => BrowserWindow | null,
    /** A notification was clicked: the window is to come to the front, and to show this. */
    readonly clicked: (wish: Wish | null) => void
  ) {
    // Who looks at the window sees what went wrong.
    app.on('browser-window-focus', () => this.#shown.mode === 'error' && this.#show(NONE));
  }

  /** To be called after every piece of progress, with the session it led to. */
  follow(session: Session, progress: Progress): void {
    if (progress.kind === 'training_started') this.#row = Math.max(this.#row, session.planned + 1);
    this.#keepAwake(session.status === 'running' || session.planned > 0);
    if (isGoing(session)) return this.#showRun(session);
    this.#row = 1;
    switch (progress.kind) {
      case 'finished':
        this.#show(NONE);
        if (!progress.stopped) this.#notify(words().trained, this.#result(session), { kind: 'run', runId: progress.runId });
        return;
      case 'failed':
      case 'interrupted':
        this.#show(this.#isSeen() ? NONE : { value: Math.max(this.#shown.value, 0.01), mode: 'error' });
        this.#notify(words().trainingFailed, session.resumable ? words().resumableBody : words().failedBody, { kind: 'go', to: 'train' });
        return;
      case 'stage':
        // Nobody waits for what is measured behind the window's back.
        if (progress.stage === 'measure') return;
        this.#since ??= Date.now();
        this.#show({ value: progress.total > 0 ? progress.done / progress.total : UNKNOWN, mode: 'normal' });
    }
  }

  /** Nothing is being worked on any more. */
  rest(session: Session): void {
    if (isGoing(session) || this.#since === null) return;
    const seconds = (Date.now() - this.#since) / 1000;
    this.#since = null;
    this.#show(NONE);
    if (seconds > LONG) this.#notify(words().ready, words().readyBody, null);
  }

  #result({ testAccuracy }: Session): string {
    return testAccuracy === null ? words().trainedNoTest : words().trainedBody(testAccuracy.toFixed(2));
  }

  #showRun(session: Session): void {
    this.#since = null;
    const running = session.status === 'running' || session.status === 'paused';
    const ended = this.#row - session.planned - (running ? 1 : 0);
    this.#show({ value: (ended + (running ? share(session) : 0)) / this.#row, mode: session.status === 'paused' ? 'paused' : 'normal' });
  }

  #show(bar: Bar): void {
    const { value, mode } = this.#shown;
    // Every step would be hundreds of calls a second for a bar of a few pixels.
    if (bar.mode === mode && (bar.value === value || (bar.value >= 0 && value >= 0 && Math.abs(bar.value - value) < 0.005))) return;
    this.#shown = bar;
    this.window()?.setProgressBar(bar.value, { mode: bar.mode });
  }

  #keepAwake(busy: boolean): void {
    if (busy === (this.#blocker !== null)) return;
    if (this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    else {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }

  #isSeen(): boolean {
    return this.window()?.isFocused() ?? false;
  }

  #notify(title: string, body: string, wish: Wish | null): void {
    if (this.#isSeen() || !Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    this.#open.add(notification);
    notification.on('close', () => this.#open.delete(notification));
    notification.on('click', () => {
      this.#open.delete(notification);
      this.clicked(wish);
    });
    notification.show();
  }
}
