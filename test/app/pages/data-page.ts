/** Choosing pictures, selecting them in the grid, and putting them right. */
import { WindowPage } from './window-page';

type Key = 'Control' | 'Shift';

export class DataPage extends WindowPage {
  /** One click: opens the sample and trains on it. */
  async trySample(): Promise<void> {
    await this.at('door-sample').click();
  }

  /** From the first screen. */
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

  /** Shows the pictures of a class only. */
  async onlyClass(name: string): Promise<void> {
    await this.at(`class-${await this.classId(name)}`).click();
  }

  /** Middle of a picture's square, in the window. */
  async square(position: number): Promise<{ x: number; y: number }> {
    return this.at('picture-grid').evaluate((grid, at) => {
      const columns = Number(grid.dataset['columns']);
      const pitch = Number(grid.dataset['pitch']);
      const box = grid.getBoundingClientRect();
      return { x: box.left + ((at % columns) + 0.5) * pitch, y: box.top + (Math.floor(at / columns) + 0.5) * pitch - grid.scrollTop };
    }, position);
  }

  async click(position: number, ...held: Key[]): Promise<void> {
    const { x, y } = await this.square(position);
    for (const key of held) await this.page.keyboard.down(key);
    await this.page.mouse.click(x, y);
    for (const key of held) await this.page.keyboard.up(key);
  }

  /** Drags the picture at a position, and what is selected with it, onto a class in the panel. */
  async dragTo(position: number, className: string): Promise<void> {
    const { x, y } = await this.square(position);
    const row = await this.at(`class-row-${await this.classId(className)}`).boundingBox();
    if (!row) throw new Error(`${className} cannot be seen.`);
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + 12, y + 12, { steps: 4 });
    await this.page.mouse.move(row.x + row.width / 2, row.y + row.height / 2, { steps: 8 });
    await this.page.mouse.up();
  }

  /** How many pictures are selected, as the window says. */
  async selected(): Promise<number> {
    return (await this.at('selection-bar').count()) === 0 ? 0 : this.numberIn('selection-count');
  }

  /** What a screen reader is told of the picture that the keyboard is at. */
  async focusedPicture(): Promise<string> {
    return ((await this.at('picture-focus').textContent()) ?? '').replace(/\s+/g, ' ').trim();
  }

  /** Pictures of each class, as the panel counts them. */
  async classCounts(): Promise<Record<string, number>> {
    const rows = await this.page.locator('[data-class]').evaluateAll((buttons) =>
      buttons.map((button) => [button.querySelector('.name')?.textContent ?? '', Number(button.querySelector<HTMLElement>('.figures')?.dataset['value'])] as const)
    );
    return Object.fromEntries(rows);
  }

  async classId(name: string): Promise<number> {
    const id = await this.page.locator('[data-class]').evaluateAll((buttons, wanted) => {
      const found = buttons.find((button) => button.querySelector('.name')?.textContent === wanted);
      return found instanceof HTMLElement ? found.dataset['class'] : undefined;
    }, name);
    if (id === undefined) throw new Error(`There is no class ${name} in the panel.`);
    return Number(id);
  }

  /** Chooses something from the menu of a class. */
  async inMenuOf(name: string, item: 'rename' | 'merge' | 'exclude' | 'remove'): Promise<void> {
    await this.at(`class-menu-${await this.classId(name)}`).click();
    await this.at(`menu-${item}`).click();
  }
}
