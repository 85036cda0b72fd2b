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
  #blocker: number | null = null;

  constructor(readonly window: () => BrowserWindow | null) {}

  /** To be called after every piece of progress, with the session it led to. */
  follow(session: Session, progress: Progress): void {
    this.#keepAwake(session.status === 'running');
    this.#showShare(session);
    if (progress.kind === 'finished' && !progress.stopped) this.#notify(words().trained, this.#result(session));
    if (progress.kind === 'failed') this.#notify(words().trainingFailed, progress.error.message);
    if (progress.kind === 'interrupted') this.#notify(words().trainingFailed, '');
  }

  #result({ testAccuracy }: Session): string {
    return testAccuracy === null ? words().trainedNoTest : words().trainedBody(testAccuracy.toFixed(2));
  }

  #showShare(session: Session): void {
    const busy = session.status === 'running' || session.status === 'paused';
    const next = busy ? share(session) : -1;
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
