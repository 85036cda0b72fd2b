/** Choosing pictures. */
import { WindowPage } from './window-page';

export class DataPage extends WindowPage {
  /** One click: opens the sample and trains on it. */
  async trySample(): Promise<void> {
    await this.at('door-sample').click();
  }

  async openSample(): Promise<void> {
    await this.go('data');
    await this.at('open-sample').click();
    await this.opened();
  }

  /** The dialog has to be answered beforehand (see answerDialogs). */
  async chooseFolder(): Promise<void> {
    await this.go('data');
    await this.at('choose-folder').click();
    await this.opened();
  }

  /** Until a data set is shown. */
  async opened(timeout = 60_000): Promise<void> {
    await this.at('data-counts').waitFor({ timeout });
  }

  async onlyClass(label: number): Promise<void> {
    await this.at(`class-${label}`).click();
  }
}
