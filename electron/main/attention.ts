/** How training shows outside the window: progress on the taskbar, a word when it ends unseen, and a machine that does not fall asleep. */
import { type BrowserWindow, Notification, powerSaveBlocker } from 'electron';
import type { Progress, Session } from '../contract';
import { words } from './words';

/** Share of the run that is done, 0..1. */
function share({ phases, step }: Session): number {
  const total = phases.reduce((sum, phase) => sum + phase.epochs, 0);
  if (!step || total === 0) return 0;
  const before = phases.slice(0, step.phase).reduce((sum, phase) => sum + phase.epochs, 0);
  return (before + step.epoch + step.step / step.steps) / total;
}

export class Attention {
  #shown = -1;
  /** Runs of which each begins when the one before has ended, this one and those that have ended among them. */
  #row = 1;
  #blocker: number | null = null;

  constructor(readonly window: () => BrowserWindow | null) {}

  /** To be called after every piece of progress, with the session it led to. */
  follow(session: Session, progress: Progress): void {
    const { status, planned } = session;
    if (progress.kind === 'training_started') this.#row = Math.max(this.#row, planned + 1);
    this.#keepAwake(status === 'running' || planned > 0);
    this.#showShare(session);
    if (planned > 0) return;
    if (status !== 'running' && status !== 'paused') this.#row = 1;
    if (progress.kind === 'finished' && !progress.stopped) this.#notify(words().trained, this.#result(session));
    if (progress.kind === 'failed') this.#notify(words().trainingFailed, progress.error.message);
    if (progress.kind === 'interrupted') this.#notify(words().trainingFailed, '');
  }

  #result({ testAccuracy }: Session): string {
    return testAccuracy === null ? words().trainedNoTest : words().trainedBody(testAccuracy.toFixed(2));
  }

  #showShare(session: Session): void {
    const running = session.status === 'running' || session.status === 'paused';
    const ended = this.#row - session.planned - (running ? 1 : 0);
    const next = running || session.planned > 0 ? (ended + (running ? share(session) : 0)) / this.#row : -1;
    // Every step would be hundreds of calls a second for a bar of a few pixels.
    if (next === this.#shown || (next >= 0 && this.#shown >= 0 && Math.abs(next - this.#shown) < 0.005 && session.status !== 'paused')) return;
    this.#shown = next;
    this.window()?.setProgressBar(next, { mode: session.status === 'paused' ? 'paused' : 'normal' });
  }

  #keepAwake(busy: boolean): void {
    if (busy === (this.#blocker !== null)) return;
    if (this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    else {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }

  #notify(title: string, body: string): void {
    const window = this.window();
    if (!window || window.isFocused() || !Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    notification.on('click', () => {
      if (window.isMinimized()) window.restore();
      window.focus();
    });
    notification.show();
  }
}
