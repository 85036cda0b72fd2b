/** What the engine can do beyond the tutorial, set by hand in the real window. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { TrainPage } from './pages/train-page';
import { barriers, bringAxe, cutOff } from './readable';
import { until } from './until';

/** Pictures used: the fewer, the sooner the tests are through. */
const PICTURES = 320;

describe('settings', () => {
  let running: Running;
  let page: Page;
  let train: TrainPage;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    train = new TrainPage(page);
    await bringAxe(page);
    await new DataPage(page).openSample();
    await train.open();
    await train.fill('setting-limit', PICTURES);
  });
  afterAll(() => running.close());

  const resize = (width: number, height: number): Promise<void> =>
    running.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 0, h ?? 0), [width, height]);

  /** What a slider is set to by hand: as a drag, ended. */
  const slide = (setting: string, value: number): Promise<void> =>
    train.at(setting).evaluate((input, to) => {
      (input as HTMLInputElement).value = String(to);
      for (const type of ['input', 'change']) input.dispatchEvent(new Event(type, { bubbles: true }));
    }, value);

  /** The pictures on the screen: of each row the original, and its variants. */
  async function pictures(): Promise<{ originals: string[]; variants: string[] }> {
    await page.locator('[data-testid="augmented-pictures"][data-shown="true"]').waitFor();
    const all = await page.getByTestId('augmented-pictures').locator('canvas').evaluateAll((canvases) => canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
    return { originals: all.filter((_, i) => i % 5 === 0), variants: all.filter((_, i) => i % 5 !== 0) };
  }

  it('are out of the way: a card is closed, and tells nothing where nothing differs', async () => {
    expect(await train.at('setting-schedule-0').isVisible()).toBe(false);
    expect(await train.at('more-0-brief').count()).toBe(0);
  });

  it('are opened with the keyboard', async () => {
    for (const card of ['more-0', 'more-1', 'more-all']) {
      await train.at(card).focus();
      await page.keyboard.press('Enter');
    }
    await train.at('setting-schedule-0').waitFor();
    expect(await train.at('setting-l2').isVisible()).toBe(true);
  });

  it('show pictures unchanged at first, changed as soon as rotation is set, and anew with every other amount', async () => {
    await train.at('show-pictures-0').click();
    const plain = await pictures();
    expect(plain.originals).toHaveLength(6);
    expect(plain.variants).toEqual(plain.originals.flatMap((original) => [original, original, original, original]));

    await train.at('augment-rotation-on-0').check();
    await expect.poll(async () => (await pictures()).variants.filter((variant, i) => variant === plain.variants[i])).toEqual([]);
    const turned = await pictures();
    expect(turned.originals).toEqual(plain.originals);
    expect(new Set(turned.variants).size).toBe(24);

    await slide('augment-rotation-0', 0.25);
    await expect.poll(async () => (await pictures()).variants.filter((variant, i) => variant === turned.variants[i])).toEqual([]);
    expect(await train.at('augment-rotation-0').getAttribute('aria-valuetext')).toBe('±90°');
  });

  it('undo a drag of a slider at once', async () => {
    await train.at('augment-rotation-0').evaluate((input) => {
      for (const value of ['0.3', '0.35', '0.4']) {
        (input as HTMLInputElement).value = value;
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await expect.poll(() => train.at('augment-rotation-0').inputValue()).toBe('0.4');
    const rotation = (): Promise<string> => train.at('augment-rotation-0').inputValue();
    await page.keyboard.press('Control+z');
    await expect.poll(rotation).toBe('0.25');
    for (const again of ['Control+Shift+z', 'Control+y']) {
      await page.keyboard.press(again);
      await expect.poll(rotation).toBe('0.4');
      await page.keyboard.press('Control+z');
      await expect.poll(rotation).toBe('0.25');
    }
    await train.at('recipe-redo').click();
    await expect.poll(rotation).toBe('0.4');
    await train.toasts.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await expect.poll(rotation).toBe('0.25');
  });

  it('undo what was chosen in a list while the list has the keyboard', async () => {
    const before = await train.at('setting-from-1').inputValue();
    await train.at('setting-from-1').selectOption('block_16_expand');
    await train.at('setting-from-1').focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => train.at('setting-from-1').inputValue()).toBe(before);
    // A change anew: there is nothing to redo.
    await train.at('setting-from-1').selectOption('block_15_expand');
    expect(await train.at('recipe-redo').isDisabled()).toBe(true);
    await train.at('recipe-undo').click();
    await expect.poll(() => train.at('setting-from-1').inputValue()).toBe(before);
  });

  it('say whether the frozen part is computed anew or once for some variants', async () => {
    const plan = (index: number): Promise<string | null> => train.at(`augment-plan-${index}`).getAttribute('data-plan');
    expect(await plan(0)).toBe('anew');
    await train.fill('augment-variants-0', 2);
    await expect.poll(() => plan(0)).toBe('variants');
    await train.at('augment-flip-1').selectOption('horizontal');
    await expect.poll(() => plan(1)).toBe('open');
    await train.at('setting-from-1').selectOption('block_13_expand');
    await expect.poll(() => plan(1)).toBe('anew');
  });

  it('find a learning rate, draw it, and take it', async () => {
    await train.at('find-rate-0').focus();
    await page.keyboard.press('Enter');
    const finder = train.at('finder');
    await expect.poll(() => finder.evaluate((section) => section.contains(document.activeElement))).toBe(true);
    await until(async () => Number(await finder.getAttribute('data-points')) > 0, 'the learning rates to be tried');
    const suggestion = Number(await finder.getAttribute('data-suggestion'));
    expect(suggestion).toBeGreaterThan(1e-6);
    expect(suggestion).toBeLessThan(1);
    const ink = await finder.locator('canvas').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      return (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data.filter((value, i) => i % 4 === 3 && value > 0).length ?? 0;
    });
    expect(ink).toBeGreaterThan(1000);
    await finder.locator('summary').click();
    expect(await finder.locator('tbody tr').count()).toBe(Number(await finder.getAttribute('data-points')));

    await train.at('finder-use').click();
    await expect.poll(async () => Number(await train.at('setting-learning-rate-0').inputValue())).toBe(suggestion);
  });

  it('stop looking for a learning rate when told to', async () => {
    await train.at('find-rate-0').click();
    await train.at('stage-cancel').click();
    await train.at('finder-again').waitFor();
    expect(await train.at('finder').getAttribute('data-points')).toBe('0');
    await train.at('view-close').click();
    await train.at('chart-accuracy').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('find-rate-0');
  });

  it('stop looking for it, too, when something else has been asked for meanwhile', async () => {
    await train.at('find-rate-0').click();
    await slide('augment-rotation-0', 0.2);
    await pictures();
    expect(await train.at('train-start').isDisabled()).toBe(true);
    await train.at('stage-cancel').click();
    await expect.poll(() => train.at('train-start').isDisabled(), { timeout: 2000 }).toBe(false);
    await slide('augment-rotation-0', 0.25);
    await train.at('view-close').click();
  });

  it('keep schedule and learning rate when the optimizer changes, and drop what the other one does not know', async () => {
    await train.at('setting-schedule-0').selectOption('cosine');
    await train.fill('setting-warmup-0', 3);
    await train.at('setting-optimizer-0').selectOption('adamw');
    await train.fill('setting-weightDecay-0', 0.01);
    await train.at('setting-optimizer-0').selectOption('sgd');
    expect(await train.at('setting-weightDecay-0').count()).toBe(0);
    expect(await train.at('setting-warmup-0').inputValue()).toBe('3');
    await train.fill('setting-momentum-0', 0.9);
    await train.at('setting-nesterov-0').check();
  });

  it('run as they were set, stop early, and say why', async () => {
    await train.fill('setting-learning-rate-0', 5);
    await train.fill('setting-epochs-0', 20);
    await train.fill('setting-epochs-1', 0);
    await train.at('setting-schedule-0').selectOption('constant');
    await train.at('setting-early-stopping-0').check();
    await train.fill('setting-patience-0', 1);
    await train.fill('setting-label-smoothing', 0.1);
    await train.at('setting-class-weight').selectOption('balanced');
    await train.start();
    await until(async () => (await sessionOf(page)).status === 'finished', 'the training to end');

    const { recipe, results } = await sessionOf(page);
    expect(recipe).toMatchObject({ labelSmoothing: 0.1, classWeight: 'balanced' });
    expect(recipe?.phases[0]).toMatchObject({
      optimizer: { name: 'sgd', learningRate: 5, momentum: 0.9, nesterov: true }, earlyStopping: { patience: 1 }, augmentation: { rotation: 0.25, variants: 2 }
    });
    const result = results[0]?.result;
    expect(result?.stopped_early).toBe(true);
    await expect.poll(() => train.at('early-stop').textContent()).toContain(`ended after epoch ${result?.history.loss.length} of 20`);
    expect(await train.at('early-stop').textContent()).toContain(`The weights of epoch ${result?.best_epoch} were kept.`);
  });

  it('are begun from a preset, and undone to what they were', async () => {
    expect(await train.at('setting-preset').inputValue()).toBe('own');
    await train.at('setting-preset').selectOption('recommended');
    await expect.poll(() => train.at('setting-phase-size-0').getAttribute('placeholder')).toBe('96');
    expect(await train.at('setting-preset').inputValue()).toBe('recommended');
    await train.toasts.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await expect.poll(() => train.at('setting-epochs-0').inputValue()).toBe('20');
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`keep nobody out when all are open (${theme})`, async () => {
      await train.setTheme(theme);
      for (const shown of ['pictures', 'curves'] as const) {
        if (shown === 'pictures') {
          await train.at('show-pictures-0').click();
          await pictures();
        } else await train.at('view-close').click();
        expect(await barriers(train), shown).toEqual([]);
      }
    });
  }

  for (const locale of ['en', 'ja'] as const) {
    it(`cut nothing off at the smallest size when all are open (${locale})`, async () => {
      await resize(1024, 640);
      await train.setLanguage(locale);
      await page.waitForFunction((lang) => document.documentElement.lang === lang && innerWidth === 1024, locale);
      await train.settled();
      expect(await cutOff(page)).toEqual([]);
    });
  }

  it('have not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});
