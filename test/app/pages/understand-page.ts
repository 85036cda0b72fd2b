/** What a model gets wrong, and the way from there to a better one. */
import type { Locator } from 'playwright-core';
import type { PictureSet } from '../../../electron/contract';
import { DataPage } from './data-page';

export const VIEWS = ['summary', 'mistakes', 'classes', 'confidence', 'map'] as const;
export type UnderstandView = (typeof VIEWS)[number];

/** Its grid of pictures is the Data page's. */
export class UnderstandPage extends DataPage {
  async open(view: UnderstandView): Promise<void> {
    await this.go('understand');
    await this.at(`view-${view}`).click();
  }

  /** Until the report is about the model and the pictures as they are now. */
  async measured(set: PictureSet = 'test'): Promise<void> {
    await this.page.locator(`[data-testid="understand-page"][data-current="true"][data-set="${set}"]`).waitFor({ timeout: 120_000 });
  }

  /** The project's revision that the report shown is about. */
  async revision(): Promise<number> {
    return Number(await this.at('understand-page').getAttribute('data-revision'));
  }

  /** Does what changes pictures, and waits until the model has been measured on what came of it. */
  async change(work: () => Promise<void>): Promise<void> {
    const before = await this.revision();
    await work();
    await this.page.waitForFunction((last) => Number(document.querySelector<HTMLElement>('[data-testid="understand-page"]')?.dataset['revision']) > last, before);
    await this.measured();
  }

  /** Cells of the confusion matrix that hold pictures, with how many. */
  async cells(): Promise<{ label: number; predicted: number; count: number }[]> {
    await this.at('confusion').waitFor();
    return this.at('confusion').locator('button').evaluateAll((buttons) =>
      buttons.map((button) => {
        const [, label, predicted] = /cell-(\d+)-(\d+)/.exec((button as HTMLElement).dataset['testid'] ?? '') ?? [];
        return { label: Number(label), predicted: Number(predicted), count: Number((button as HTMLElement).dataset['value']) };
      })
    );
  }

  cell({ label, predicted }: { label: number; predicted: number }): Locator {
    return this.at(`cell-${label}-${predicted}`);
  }

  /** Where the keyboard is among the cells. */
  focusedCell(): Promise<string | undefined> {
    return this.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['testid']);
  }
}
