/** The Train page in the real window: curves read and saved, the coach, the recipe as a file, the lesson with its code. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Recipe, RecipeSchema } from '../../electron/contract';
import { dropPaths } from './drop';
import { answerDialogs, call, launch, type Running, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { TrainPage } from './pages/train-page';
import { cutOff } from './readable';
import { until } from './until';

/** Pictures used: the fewer, the sooner the tests are through. */
const PICTURES = 320;

describe('training', () => {
  let running: Running;
  let page: Page;
  let train: TrainPage;
  const folder = mkdtempSync(join(tmpdir(), 'tsugiki-train-'));

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    train = new TrainPage(page);
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text: string) => ((document.body.dataset['copied'] = text), Promise.resolve()) } }));
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const saveDialogs = (path: string): Promise<void> =>
    running.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, path);
  const written = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const menu = async (name: string, item: string): Promise<void> => {
    await train.at(name).click();
    await train.at(`menu-${item}`).click();
  };
  const phaseNames = (): Promise<(string | null)[]> => page.locator('aside section[data-name]').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-name')));
  async function drag(from: Locator, to: Locator): Promise<void> {
    const [start, end] = [(await from.boundingBox())!, (await to.boundingBox())!];
    await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
    await page.mouse.down();
    await page.mouse.move(start.x + 12, start.y + 12, { steps: 4 });
    await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
    await page.mouse.up();
  }
  const finished = (): Promise<void> => until(async () => (await sessionOf(page)).status === 'finished', 'the training to end');
  const resize = (width: number, height: number): Promise<void> =>
    running.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 0, h ?? 0), [width, height]);

  it('follows the lesson step by step, each with its code, and ticks what is done', async () => {
    await new DataPage(page).openSample();
    await train.open();
    await train.fill('setting-limit', PICTURES);
    await train.fill('setting-epochs-0', 3);
    await train.fill('setting-epochs-1', 2);
    await menu('recipe-menu', 'lesson');
    const done = (step: number): Promise<string | null> => train.at(`lesson-step-${step}`).getAttribute('data-done');
    if ((await train.at('lesson').getByTestId('code').count()) === 0) await train.at('lesson-code').click();
    const code = (): Promise<string> => train.at('lesson').locator('pre').innerText();

    await train.at('lesson-step-1').click();
    expect(await done(1)).toBe('true');
    await expect.poll(code).toContain('def sample(part):');
    for (const [step, place, words] of [[2, 'network', 'base.trainable = False'], [3, 'network', 'layers.Dense(128'], [4, 'train', 'model.compile'], [5, 'train', 'epochs=3']] as const) {
      await train.at('lesson-next').click();
      await train.at(`nav-${place}`).and(page.locator('[aria-current="page"]')).waitFor();
      expect(await train.at('lesson').getAttribute('data-step')).toBe(String(step));
      await expect.poll(code).toContain(words);
      await page.locator('main .pointed').waitFor();
    }
    expect(await done(4)).toBe('true');
    expect(await done(5)).toBe('false');
    await train.start();
    await finished();
    await expect.poll(() => done(5)).toBe('true');
    await train.at('lesson-next').click();
    await train.at('lesson-next').click();
    expect([await done(6), await done(7), await done(8)]).toEqual(['true', 'true', 'false']);
    await expect.poll(code).toContain('base.trainable = True');
    await train.at('lesson-back').click();
    expect(await train.at('lesson').getAttribute('data-step')).toBe('6');
    await train.at('code-copy').click();
    expect(await page.evaluate(() => document.body.dataset['copied'])).toContain('# 6. The test');
  });

  it('is cut off nowhere while the lesson is shown, in either language', async () => {
    await resize(1024, 640);
    for (const locale of ['en', 'ja'] as const) {
      await train.setLanguage(locale);
      await page.waitForFunction((lang) => document.documentElement.lang === lang && innerWidth === 1024, locale);
      await train.settled();
      expect(await cutOff(page), locale).toEqual([]);
      await running.shot(`train-lesson-${locale}`);
    }
    await train.setLanguage('en');
    await resize(1440, 900);
    await page.waitForFunction(() => innerWidth === 1440);
    await train.at('lesson-leave').click();
    expect(await train.at('lesson').count()).toBe(0);
  });

  it('reads the exact numbers of an epoch, by pointer and by keyboard', async () => {
    const { epochs } = await sessionOf(page);
    expect(epochs).toHaveLength(5);
    const chart = train.at('read-loss');
    await chart.focus();
    await page.keyboard.press('Home');
    const four = (value: number | null): string => (value ?? NaN).toFixed(4);
    for (const [i, { phase, epoch, loss, accuracy, valLoss, valAccuracy }] of epochs.entries()) {
      const reading = train.at('reading').and(page.locator(`[data-phase="${phase}"][data-epoch="${epoch}"]`));
      await reading.waitFor();
      expect(await reading.locator('td').allInnerTexts()).toEqual([accuracy, valAccuracy, loss, valLoss].map(four));
      expect(await chart.getAttribute('aria-valuenow')).toBe(String(i + 1));
      expect(await chart.getAttribute('aria-valuetext')).toContain(loss.toFixed(3));
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('Escape');
    await train.at('reading').waitFor({ state: 'detached' });

    const box = (await train.at('read-accuracy').boundingBox())!;
    await page.mouse.move(box.x + box.width - 60, box.y + box.height / 2);
    await page.locator('[data-testid="reading"][data-phase="1"][data-epoch="1"]').waitFor();
    await page.mouse.move(box.x + 50, box.y + box.height / 2);
    await page.locator('[data-testid="reading"][data-phase="0"][data-epoch="0"]').waitFor();
    await page.mouse.move(0, 0);
  });

  it('draws another chart on a logarithmic scale, and smoother batches', async () => {
    const picture = (): Promise<string> => train.at('chart-loss').locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const linear = await picture();
    await train.at('chart-log').check();
    await expect.poll(async () => (await picture()) === linear).toBe(false);
    const rough = await picture();
    await train.at('chart-smoothing').focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('PageUp');
    await expect.poll(async () => (await picture()) === rough).toBe(false);
    await train.at('chart-log').uncheck();
    await train.at('chart-smoothing').press('Home');
    await expect.poll(async () => (await picture()) === linear).toBe(true);
  });

  it("saves the run's numbers as CSV, and its curves as a picture on either background", async () => {
    await saveDialogs(join(folder, 'curves.csv'));
    await menu('chart-menu', 'csv');
    await train.toasts.getByText('curves.csv').waitFor();
    const { epochs, curve, phases } = await sessionOf(page);
    const rows = written('curves.csv').trim().split('\n').map((row) => row.split(','));
    expect(rows.filter(([kind]) => kind === 'epoch').map((row) => [row[1], ...row.slice(2).map(Number)])).toEqual(
      epochs.map((e, i) => [phases[e.phase]?.name, e.epoch + 1, i + 1, e.loss, e.accuracy, e.valLoss, e.valAccuracy, e.seconds])
    );
    expect(rows.filter(([kind]) => kind === 'batch').map((row) => row.slice(3, 6).map(Number))).toEqual(curve.map(({ x, loss, accuracy }) => [x, loss, accuracy]));

    for (const [background, corner] of [['light', [255, 255, 255]], ['dark', [29, 33, 33]]] as const) {
      await saveDialogs(join(folder, `${background}.png`));
      await menu('chart-menu', `png-${background}`);
      await train.toasts.getByText(`${background}.png`).waitFor();
      const png = readFileSync(join(folder, `${background}.png`));
      const seen = await page.evaluate(async (bytes) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
        const context = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height }).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
        let ink = 0;
        for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i]! - data[0]!) > 40) ink++;
        return { width: bitmap.width, corner: [...data.slice(0, 3)], ink };
      }, [...png]);
      expect(seen.width).toBe(2016);
      expect(seen.corner).toEqual(corner);
      expect(seen.ink).toBeGreaterThan(5000);
    }
  });

  it('orders the phases by keyboard and by dragging, doubles and removes them, and undoes it', async () => {
    expect(await phaseNames()).toEqual(['frozen', 'fine_tune']);
    await train.at('setting-epochs-1').focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(phaseNames).toEqual(['fine_tune', 'frozen']);
    await menu('phase-menu-0', 'down');
    await expect.poll(phaseNames).toEqual(['frozen', 'fine_tune']);
    await drag(train.at('grip-0'), train.at('grip-1'));
    await expect.poll(phaseNames).toEqual(['fine_tune', 'frozen']);
    await page.keyboard.press('Control+z');
    await menu('phase-menu-1', 'duplicate');
    await expect.poll(phaseNames).toEqual(['frozen', 'fine_tune', 'fine_tune_2']);
    await menu('phase-menu-1', 'remove');
    await expect.poll(phaseNames).toEqual(['frozen', 'fine_tune_2']);
    await train.at('phase-add').click();
    await expect.poll(phaseNames).toEqual(['frozen', 'fine_tune_2', 'fine_tune_3']);
    for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z');
    await expect.poll(phaseNames).toEqual(['frozen', 'fine_tune']);
  });

  it('saves the recipe, opens it again, also dropped, and says what is wrong with another file', async () => {
    await saveDialogs(join(folder, 'recipe.json'));
    await menu('recipe-menu', 'save');
    await train.toasts.getByText('recipe.json').waitFor();
    const saved: Recipe = v.parse(RecipeSchema, JSON.parse(written('recipe.json')));
    expect(saved).toMatchObject({ limit: PICTURES, phases: [{ name: 'frozen', epochs: 3 }, { name: 'fine_tune', epochs: 2 }] });

    await train.fill('setting-epochs-0', 7);
    await answerDialogs(running.app, join(folder, 'recipe.json'));
    await menu('recipe-menu', 'open');
    await expect.poll(() => train.at('setting-epochs-0').inputValue()).toBe('3');

    await train.fill('setting-epochs-0', 7);
    await train.go('network');
    await dropPaths(page, [join(folder, 'recipe.json')]);
    await expect.poll(() => train.at('setting-epochs-0').inputValue()).toBe('3');

    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ batchSize: 0, epochs: 3 }));
    await answerDialogs(running.app, join(folder, 'wrong.json'));
    await menu('recipe-menu', 'open');
    await train.toasts.getByText('batchSize must be at least 1').waitFor();
    await train.toasts.getByText('epochs is not a setting of a recipe').waitFor();
    expect(await train.at('setting-batch-size').inputValue()).toBe(String(saved.batchSize));
  });

  it('shows the Keras code, and another one when a setting changes', async () => {
    await menu('recipe-menu', 'code');
    const code = (): Promise<string> => page.locator('.page pre').innerText();
    await expect.poll(code).toContain('epochs=3');
    expect(await code()).not.toContain('SGD');
    await train.at('setting-optimizer-0').selectOption('sgd');
    await expect.poll(code).toContain('keras.optimizers.SGD(');
    await page.keyboard.press('Control+z');
    await expect.poll(code).not.toContain('SGD');
    await train.at('view-curves').click();
  });

  it("starts the coach's advice as a new run, with the recipe changed as the button says", async () => {
    // A rate at which nothing is learned.
    await train.fill('setting-learning-rate-0', 5);
    await train.fill('setting-epochs-1', 0);
    await train.start();
    await finished();
    const before = await sessionOf(page);
    const advice = train.at('coach').locator('[data-testid="advice-no_better_than_chance"], [data-testid="advice-rate_high"]');
    await advice.first().getByRole('button', { name: 'Train anew at 0.5' }).click();
    await until(async () => (await sessionOf(page)).runId !== before.runId, 'the new run');
    const after = await sessionOf(page);
    expect(after.recipe).toEqual({ ...before.recipe, phases: before.recipe?.phases.map((phase, i) => (i === 0 ? { ...phase, optimizer: { ...phase.optimizer, learningRate: 0.5 } } : phase)) });
    expect(await train.at('setting-learning-rate-0').inputValue()).toBe('0.5');
    await finished();
  });

  it('trains the lesson beside 96 px and -1..1 with one click, and compares both', async () => {
    await train.go('understand');
    await train.at('why-run').click();
    await until(async () => {
      const { status, planned, recipe } = await sessionOf(page);
      return status === 'finished' && planned === 0 && recipe?.inputSize === 96;
    }, 'both runs to end');
    const [large, small] = await call(page, 'runs:list', undefined);
    expect([small?.name, large?.name]).toEqual(['Lesson, 32 px', '96 px, -1..1']);
    expect([small?.recipe, large?.recipe].map((recipe) => [recipe?.inputSize, recipe?.scale, recipe?.limit])).toEqual([[32, '0..1', PICTURES], [96, '-1..1', PICTURES]]);
    expect(await train.at('view-runs').getAttribute('aria-pressed')).toBe('true');
    await train.at('runs-compare').waitFor({ state: 'attached' });
  });

  it('has not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});
