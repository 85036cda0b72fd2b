/** The run. */
import { WindowPage } from './window-page';

export class TrainPage extends WindowPage {
  async open(): Promise<void> {
    await this.go('train');
  }

  async start(): Promise<void> {
    await this.at('train-start').click();
  }

  /** Pauses, or goes on when paused. */
  async pauseOrContinue(): Promise<void> {
    await this.at('train-pause').click();
  }

  async stop(): Promise<void> {
    await this.at('train-stop').click();
  }

  async recover(): Promise<void> {
    await this.at('train-recover').click();
  }

  /** "idle", "starting", "running", "paused", "finished", "interrupted" or "failed". */
  status(): Promise<string | null> {
    return this.at('status-line').getAttribute('data-status');
  }

  /** Points of the fine curve drawn so far. */
  async points(): Promise<number> {
    return Number(await this.at('chart-accuracy').getAttribute('data-points'));
  }

  testAccuracy(): Promise<number> {
    return this.numberIn('test-accuracy');
  }
}
