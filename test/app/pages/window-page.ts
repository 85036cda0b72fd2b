/** The window as a person uses it: places, controls and what they show, by their test ids. */
import type { Language } from '../../../electron/contract';
import type { Locator, Page } from 'playwright-core';

export type Place = 'data' | 'network' | 'train' | 'understand' | 'try';

export class WindowPage {
  constructor(readonly page: Page) {}

  at(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async go(place: Place): Promise<void> {
    await this.at(`nav-${place}`).click();
  }

  async setLanguage(locale: Language): Promise<void> {
    await this.at('language').selectOption(locale);
  }

  async setTheme(theme: 'system' | 'light' | 'dark'): Promise<void> {
    await this.at('theme').selectOption(theme);
  }

  /** Types into a number setting and takes it over. */
  async fill(setting: string, value: string | number): Promise<void> {
    await this.at(setting).fill(String(value));
    await this.at(setting).press('Enter');
  }

  /** A count as a number, whatever the language writes between its digits. */
  async numberIn(testId: string): Promise<number> {
    return Number(await this.at(testId).getAttribute('data-value'));
  }

  /** Until the data page has pictures to show. */
  async picturesShown(): Promise<void> {
    await this.page.locator('[data-testid="picture-grid"]:not([data-pages="0"])').waitFor();
  }

  /** Until nothing moves any more: fonts and pictures have come, transitions are over, and some frames have been drawn since. */
  settled(): Promise<void> {
    return this.page.evaluate(async () => {
      await document.fonts.ready;
      await Promise.all(document.getAnimations().filter((animation) => animation.effect?.getTiming().iterations !== Infinity).map((animation) => animation.finished.catch(() => null)));
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      // Charts are drawn with the first frame, at the size that a changed window gives them with the second.
      for (let i = 0; i < 4; i++) await frame();
    });
  }

  get toasts(): Locator {
    return this.at('toast');
  }
}
