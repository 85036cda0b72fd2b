/** The Network page in the real window: the line by pointer and by keyboard, figures against Keras', the machine measured, a head built, a layer looked at. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import keras from '../fixtures/keras-trainable.json';
import { type Running, answerDialogs, launch } from './harness';
import { DataPage } from './pages/data-page';
import { NetworkPage } from './pages/network-page';
import { cutOff } from './readable';

describe('the network page', () => {
  let running: Running;
  let page: Page;
  let network: NetworkPage;

  beforeAll(async () => {
    // Without Keras' files, so that the embedded backbone is used everywhere.
    running = await launch({ env: { TSUGIKI_WEIGHTS: '/nowhere', HOME: '/nowhere' } });
    page = running.page;
    network = new NetworkPage(page);
    await new DataPage(page).openSample();
    await network.open(1);
  });
  afterAll(() => running.close());

  const press = (key: string): Promise<void> => page.keyboard.press(key);
  const line = (): Promise<string> => network.at('setting-from-1').inputValue();
  const trainable = (): Promise<number> => network.numberIn('trainable-count');
  const keeping = (): Promise<string | null> => network.at('funnel').getAttribute('data-keeping');

  const resize = (width: number, height: number): Promise<void> =>
    running.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 0, h ?? 0), [width, height]);

  it('has the line dragged with the pointer, between blocks and, in one that is opened, between layers', async () => {
    await network.dragLineTo('block_13');
    await expect.poll(line).toBe('block_13_expand');
    expect(await network.stateOf('block_12')).toBe('frozen');
    expect(await network.stateOf('block_13')).toBe('learning');
    expect(await network.at('band-learning').textContent()).toContain('block_13_expand');

    await network.at('block-block_13').click();
    await network.dragLineTo('block_13_project', 'strip');
    await expect.poll(line).toBe('block_13_project');
    expect(await network.stateOf('block_13')).toBe('partly');
    await network.at('open-block_13').click();
  });

  it('takes a whole drag back with one Ctrl+Z', async () => {
    await press('Control+z');
    await expect.poll(line).toBe('block_13_expand');
    await press('Control+z');
    await expect.poll(line).toBe('all');
  });

  it('counts what Keras counts, at once, wherever the line is put', async () => {
    const cases = keras.cases.filter(({ alpha, trainable: single, keepBatchNormFrozen }) => alpha === 0.35 && single === null && !keepBatchNormFrozen);
    expect(cases.length).toBeGreaterThan(5);
    for (const { trainableFrom, trainableWeights, frozenWeights } of cases) {
      await network.putLine(trainableFrom);
      await expect.poll(trainable, { message: String(trainableFrom) }).toBe(trainableWeights);
      expect(await network.numberIn('frozen-count')).toBe(frozenWeights);
    }
  });

  it('moves the line with the keyboard alone: arrows, Shift and arrows, Home and End; also where nothing has the keyboard', async () => {
    await network.at('freeze-line').focus();
    await press('End');
    await expect.poll(line).toBe('none');
    await press('ArrowLeft');
    await expect.poll(line).toBe('Conv_1');
    await press('Shift+ArrowLeft');
    await expect.poll(line).toBe('block_16_project_BN');
    await press('ArrowLeft');
    await expect.poll(line).toBe('block_16_expand');
    await press('Home');
    await expect.poll(line).toBe('all');
    expect(await network.at('freeze-line').getAttribute('aria-valuetext')).toMatch(/^nothing frozen; .*weights learn$/);

    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await press('ArrowRight');
    await expect.poll(line).toBe('expanded_conv_depthwise');
    await press('Control+z');
    await expect.poll(line).toBe('all');
  });

  it('goes through blocks and layers with the keyboard alone: Enter opens, space switches', async () => {
    await network.at('block-stem').focus();
    await press('End');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('block-head');
    await press('ArrowLeft');
    await press('ArrowLeft');
    await press('Space');
    await expect.poll(() => network.stateOf('block_16')).toBe('frozen');
    await press('Enter');
    await network.at('strip-block_16_expand').waitFor();
    await press('ArrowRight');
    await press('Space');
    await expect.poll(() => network.stateOf('block_16')).toBe('partly');
    expect(await line()).toBe('list');
    expect(await network.at('toggle-block_16_expand').isChecked()).toBe(true);
    for (const state of ['frozen', 'learning']) {
      await press('Control+z');
      await expect.poll(() => network.stateOf('block_16')).toBe(state);
    }
    await expect.poll(line).toBe('all');
  });

  it('says what is kept, and from which phase', async () => {
    await network.putLine(null);
    await expect.poll(keeping).toBe('kept');
    // Phase 1 is frozen as well.
    expect(await network.at('keeping').getAttribute('data-before')).toBe('0');
    await network.putLine('block_13_expand');
    await expect.poll(() => network.at('keeping').getAttribute('data-before')).toBe('');
    await network.putLine('all');
    await expect.poll(keeping).toBe('open');
    expect(await network.at('keeping').count()).toBe(0);
    expect(await network.at('saved-share').textContent()).toBe('0%');
  });

  it('guesses what an epoch costs at once, and measures it on this machine when left alone', async () => {
    const basis = (): Promise<string | null> => network.at('cost-basis').getAttribute('data-basis');
    await network.putLine('block_13_expand');
    expect(await network.numberIn('cost-seconds')).toBeGreaterThan(0);
    await expect.poll(basis, { timeout: 60_000 }).toBe('measured');
    // A neighbour is reckoned from it in the same moment, and costs more the more learns.
    const here = await network.numberIn('cost-seconds');
    await network.at('freeze-line').focus();
    await press('ArrowLeft');
    await expect.poll(basis).toBe('reckoned');
    const neighbour = await network.numberIn('cost-seconds');
    expect(neighbour).toBeGreaterThan(here);
    expect(neighbour).toBeLessThan(2 * here);
    await expect.poll(basis, { timeout: 60_000 }).toBe('measured');
  });

  it('offers input sizes with what they cost, and says what they bring', async () => {
    expect(await network.at('size-64').getAttribute('aria-pressed')).toBe('true');
    expect(await network.at('size-128').textContent()).toMatch(/× (3\.9|4\.0)/);
    const before = await network.at('size-brings').textContent();
    await network.at('size-96').click();
    await expect.poll(() => network.at('setting-input-size').inputValue()).toBe('96');
    expect(await network.at('size-brings').textContent()).not.toBe(before);
    await press('Control+z');
    await expect.poll(() => network.at('setting-input-size').inputValue()).toBe('64');
  });

  it('builds a head: added, moved, changed, removed, with the weights it has', async () => {
    const parameters = (): Promise<number> => network.numberIn('head-parameters');
    const [features, classes] = [1280, 10];
    const dense = (from: number, to: number): number => (from + 1) * to;
    await expect.poll(parameters).toBe(dense(features, 128) + dense(128, classes));
    await network.at('head-add-dropout').click();
    await network.at('head-add-dense').click();
    await network.fill('head-units-2', 32);
    await expect.poll(parameters).toBe(dense(features, 128) + dense(128, 32) + dense(32, classes));
    await network.at('head-up-2').focus();
    await press('Enter');
    await press('Enter');
    await expect.poll(() => network.at('head-units-0').inputValue()).toBe('32');
    await expect.poll(parameters).toBe(dense(features, 32) + dense(32, 128) + dense(128, classes));
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('head-down-0');
    for (let left = 3; left > 0; left--) await network.at('head-remove-0').click();
    await expect.poll(parameters).toBe(dense(features, classes));
    await network.at('head-add-dense').click();
    await expect.poll(parameters).toBe(dense(features, 128) + dense(128, classes));
  });

  it('says which weights it starts from, and asks for the file that the full network needs', async () => {
    const missing = network.at('weights-missing');
    expect(await missing.textContent()).toContain('kernels_0.35_224_no_top.h5');
    await network.at('setting-alpha').selectOption('1');
    await expect.poll(() => missing.textContent()).toContain('kernels_1.0_224_no_top.h5');
    await answerDialogs(running.app, '/somewhere/own.h5');
    await network.at('weights-choose').click();
    await missing.waitFor({ state: 'detached' });
    expect(await network.at('setting-weights').inputValue()).toBe('/somewhere/own.h5');
    await network.at('setting-weights').selectOption('auto');
    await network.at('setting-alpha').selectOption('0.35');
  });

  it('shows what a layer sees, from the drawing and from the table, and gives the keyboard back', async () => {
    await network.at('open-block_3').click();
    await network.at('strip-block_3_expand_relu').click();
    await page.locator('[data-testid="layer-view"][data-layer="block_3_expand_relu"]').waitFor();
    await network.at('strip-block_3_project').click();
    await page.locator('[data-testid="layer-view"][data-layer="block_3_project"]').waitFor();
    await network.at('layer-close').click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('see-block_3_project');
    await press('Enter');
    await page.locator('[data-testid="layer-view"][data-layer="block_3_project"]').waitFor();
    await network.at('layer-close').click();
  });

  it('has its settings below, and scrolls only downwards, at 200 %', async () => {
    await resize(1024, 640);
    await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(2));
    await page.waitForFunction(() => innerWidth === 512);
    await network.settled();
    expect(await cutOff(page)).toEqual([]);
    const places = await page.evaluate(() => ['.main', '.settings'].map((part) => document.querySelector(part)?.getBoundingClientRect().toJSON() as DOMRect));
    expect(places[1]!.top).toBeGreaterThanOrEqual(places[0]!.bottom - 1);
    await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(1));
  });

  it('has not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});
