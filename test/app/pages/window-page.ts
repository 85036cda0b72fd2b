/** The window as a person uses it: places, controls and what they show, by their test ids. */
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

  async setLanguage(locale: 'en' | 'ja'): Promise<void> {
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

  get toasts(): Locator {
    return this.at('toast');
  }
}
