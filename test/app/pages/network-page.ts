/** The freeze line and what is on either side of it. */
import { WindowPage } from './window-page';

export class NetworkPage extends WindowPage {
  async open(phase = 0): Promise<void> {
    await this.go('network');
    await this.at('freeze-line').waitFor();
    await this.at(`phase-${phase}`).click();
  }

  /** Moves the line with the keyboard; positive is to the right, towards frozen. */
  async moveLine(blocks: number): Promise<void> {
    await this.at('freeze-line').focus();
    for (let i = 0; i < Math.abs(blocks); i++) await this.page.keyboard.press(blocks < 0 ? 'ArrowLeft' : 'ArrowRight');
  }

  /** Puts the line before a layer, with the keyboard alone. */
  async putLine(from: string | null): Promise<void> {
    await this.at('freeze-line').focus();
    await this.page.keyboard.press('Home');
    if (from === null) await this.page.keyboard.press('End');
    if (from === null || from === 'all') return;
    const setting = this.page.locator('[data-testid^="setting-from-"]');
    // By blocks as far as they go, then by layers.
    const [block = ''] = /^(expanded_conv|block_\d+|Conv_1)/.exec(from) ?? [];
    while (!(await setting.inputValue()).startsWith(block === 'Conv_1' ? block : `${block}_`)) await this.page.keyboard.press('ArrowRight');
    while ((await setting.inputValue()) !== from) await this.page.keyboard.press('Shift+ArrowRight');
  }

  /** Drags the line to the left edge of a block, or of a layer (a strip) in one that is opened. */
  async dragLineTo(name: string, kind: 'block' | 'strip' = 'block'): Promise<void> {
    // Hovering waits until the line stands still.
    await this.at('freeze-line').hover();
    const line = await this.at('freeze-line').boundingBox();
    const target = await this.at(`${kind}-${name}`).locator('rect').first().boundingBox();
    if (!line || !target) throw new Error(`The freeze line or ${name} is not in sight.`);
    const y = line.y + line.height / 2;
    await this.page.mouse.move(line.x + line.width / 2, y);
    await this.page.mouse.down();
    await this.page.mouse.move(target.x, y, { steps: 8 });
    await this.page.mouse.up();
  }

  /** Switches one layer; opens its block first. */
  async toggleLayer(block: string, layer: string): Promise<void> {
    if ((await this.at(`block-${block}`).getAttribute('aria-expanded')) !== 'true') await this.at(`block-${block}`).click();
    await this.at(`toggle-${layer}`).click();
  }

  stateOf(block: string): Promise<string | null> {
    return this.at(`block-${block}`).getAttribute('data-state');
  }
}
