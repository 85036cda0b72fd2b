/** The trained model at work, and its exports. */
import { WindowPage } from './window-page';

export interface Guess {
  label: string;
  probability: number;
}

export class TryPage extends WindowPage {
  async open(): Promise<void> {
    await this.go('try');
  }

  /** Gives a picture through the file input; answers the top classes. */
  async classify(name: string, mimeType: string, buffer: Buffer): Promise<Guess[]> {
    await this.at('picture-input').setInputFiles({ name, mimeType, buffer });
    await this.at('top-five').waitFor();
    return this.at('top-five')
      .locator('li')
      .evaluateAll((items) => items.map((item) => ({ label: item.getAttribute('data-label') ?? '', probability: Number(item.getAttribute('data-probability')) })));
  }

  /** The dialog has to be answered beforehand (see answerDialogs); answers the folder written to. */
  async export(format: 'tfjs' | 'savedmodel'): Promise<string> {
    await this.at(`export-${format}`).click();
    await this.at('export-result').waitFor({ timeout: 120_000 });
    return (await this.at('export-result').getAttribute('data-directory')) ?? '';
  }
}
