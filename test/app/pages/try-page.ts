/** The trained model at work, and its exports. */
import { WindowPage } from './window-page';

export interface Guess {
  label: string;
  probability: number;
}

export interface Answer {
  top: Guess[];
  /** From the drop to the answer on the page, by the window's own clock; milliseconds. */
  elapsed: number;
}

export class TryPage extends WindowPage {
  async open(): Promise<void> {
    await this.go('try');
  }

  /** Drops a PNG where a person would, and waits for the answer to this very picture. */
  async drop(png: Buffer, name: string): Promise<Answer> {
    await this.dropAll([png], name);
    return this.#answer(name);
  }

  /** Drops PNGs at once that are no files, as out of a browser, all of one name. */
  async dropAll(pngs: readonly Buffer[], name: string): Promise<void> {
    await this.at('try-page').evaluate(
      (element, [pictures, fileName]) => {
        const transfer = new DataTransfer();
        for (const values of pictures) transfer.items.add(new File([new Uint8Array(values)], fileName, { type: 'image/png' }));
        for (const type of ['dragenter', 'dragover', 'drop']) element.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      },
      [pngs.map((png) => [...png]), name] as const
    );
  }

  /** Takes one of the set's own pictures, counted from the left. */
  async tryTestPicture(index: number): Promise<Answer> {
    const picture = this.at(`test-picture-${index}`);
    await picture.click();
    return this.#answer(`${await picture.getAttribute('title')}.png`);
  }

  async #answer(name: string): Promise<Answer> {
    const answer = this.page.locator(`[data-testid="answer"][data-name="${name}"][data-elapsed]`);
    await answer.waitFor();
    return {
      elapsed: Number(await answer.getAttribute('data-elapsed')),
      top: await this.at('top-five').locator('li').evaluateAll((items) =>
        items.map((item) => ({ label: item.getAttribute('data-label') ?? '', probability: Number(item.getAttribute('data-probability')) })))
    };
  }

  /** The dialog has to be answered beforehand (see answerDialogs); answers the folder written to. */
  async export(format: 'tfjs' | 'savedmodel'): Promise<string> {
    await this.at(`export-${format}`).click();
    const result = this.page.locator(`[data-testid="export-result"][data-format="${format}"]`);
    await result.waitFor({ timeout: 120_000 });
    return (await result.getAttribute('data-directory')) ?? '';
  }
}
