/** The main job from end to end, by hand on the real window: choose, freeze, train, unfreeze, fine-tune, drop a picture, export, use it elsewhere. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge, Classification } from '../../electron/contract';
import { type Running, answerDialogs, cifarFolder, launch, sessionOf, weightsFolder } from './harness';
import { DataPage } from './pages/data-page';
import { NetworkPage } from './pages/network-page';
import { TrainPage } from './pages/train-page';
import { TryPage } from './pages/try-page';
import { SIZE, cifarPicture, png } from './pictures';
import { predictWithTfjs } from './reload';

const folder = cifarFolder();
const ready = folder !== null && weightsFolder() !== null;
if (!ready) {
  console.warn('The main job is not tested on CIFAR-10: set TSUGIKI_DATA to the folder of its .bin files, and TSUGIKI_WEIGHTS to the folder of Keras\' ImageNet weights.');
}

const LONG = 240_000;
const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

/** The accuracy chart as it is drawn now. */
const drawn = (page: Page): Promise<string> => page.getByTestId('chart-accuracy').locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

/** All probabilities of a picture, as the window gets them. */
const classify = async (page: Page, bytes: Buffer): Promise<Classification> => {
  const answer = await page.evaluate(
    (values) => (Reflect.get(window, 'tsugiki') as Bridge).call('classify:picture', { bytes: new Uint8Array(values), name: 'picture.png' }),
    [...bytes]
  );
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};

describe.skipIf(!ready)('the main job on CIFAR-10', () => {
  let running: Running;
  let page: Page;
  let train: TrainPage;
  let tryPage: TryPage;
  const out = mkdtempSync(join(tmpdir(), 'tsugiki-export-'));

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    train = new TrainPage(page);
    tryPage = new TryPage(page);
  });
  afterAll(async () => {
    await running.close();
    rmSync(out, { recursive: true, force: true });
  });

  it('opens the pictures that were chosen', async () => {
    const data = new DataPage(page);
    await answerDialogs(running.app, folder);
    await data.chooseFolder();
    expect((await sessionOf(page)).data).toMatchObject({ name: 'CIFAR-10', trainCount: 50_000, pictureSize: 32 });
    expect(await data.at('data-counts').textContent()).toContain('50,000');
    await data.picturesShown();
    await running.shot('data');
  });

  it('freezes the whole base for the first phase, and unfreezes it from block_13_expand on for the second, by dragging the line', async () => {
    const network = new NetworkPage(page);
    await network.open(0);
    // MobileNetV2 without top, and the head's 1280 * 128 + 128 + 128 * 10 + 10.
    await expect.poll(() => network.numberIn('trainable-count')).toBe(165_258);
    expect(await network.numberIn('frozen-count')).toBe(2_257_984);

    await network.open(1);
    await expect.poll(() => network.numberIn('frozen-count')).toBe(34_112); // the moving statistics, which never train
    await network.dragLineTo('block_13');
    await expect.poll(() => network.at('setting-from-1').inputValue()).toBe('block_13_expand');
    expect([await network.stateOf('block_12'), await network.stateOf('block_13')]).toEqual(['frozen', 'learning']);
    await expect.poll(() => network.numberIn('frozen-count')).toBe(576_640);
    await running.shot('network');
  });

  it('trains, and the chart moves', async () => {
    await train.open();
    await train.fill('setting-limit', 5000);
    await train.fill('setting-epochs-0', 2);
    await train.fill('setting-epochs-1', 3);
    await train.start();
    await expect.poll(() => train.points(), { timeout: LONG }).toBeGreaterThan(0);
    const [before, points] = [await drawn(page), await train.points()];
    await expect.poll(() => train.points(), { timeout: LONG }).toBeGreaterThan(points);
    await expect.poll(() => drawn(page), { timeout: LONG }).not.toBe(before);
  });

  it('pauses in the middle of fine-tuning, and goes on', async () => {
    await expect.poll(async () => (await sessionOf(page)).step?.phase, { timeout: LONG, interval: 20 }).toBe(1);
    await train.pauseOrContinue();
    await expect.poll(() => train.status()).toBe('paused');
    const { step } = await sessionOf(page);
    await running.shot('paused');
    expect((await sessionOf(page)).step).toEqual(step);
    await train.pauseOrContinue();
    await expect.poll(() => train.status()).toBe('running');
  });

  it('ends with a test accuracy better than guessing', async () => {
    await expect.poll(() => train.status(), { timeout: LONG }).toBe('finished');
    const { testAccuracy, results, epochs, phases } = await sessionOf(page);
    expect(phases.map((phase) => phase.trainableFrom)).toEqual([null, 'block_13_expand']);
    expect(epochs.map((epoch) => [epoch.phase, epoch.epoch])).toEqual([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]]);
    expect(results[0]?.result.test_accuracy).toBeGreaterThan(0.2);
    expect(await train.testAccuracy()).toBe(testAccuracy);
    expect(await train.at('test-accuracy').textContent()).toBe((testAccuracy ?? NaN).toFixed(2));
    await running.shot('trained');
  });

  it('names a dropped picture, with the five most likely classes', async () => {
    await tryPage.open();
    const { top } = await tryPage.drop(png(cifarPicture(folder ?? '', 3)), 'dropped.png');
    expect(top).toHaveLength(5);
    const probabilities = top.map(({ probability }) => probability);
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeLessThanOrEqual(1.0001);
    await running.shot('try');
  });

  it('names one of the test pictures, and tells which class is right', async () => {
    const { top } = await tryPage.tryTestPicture(0);
    expect(top).toHaveLength(5);
    expect(await tryPage.at('answer').getAttribute('data-truth')).toBe('cat');
  });

  it('exports models that give the same probabilities elsewhere', async () => {
    const picture = cifarPicture(folder ?? '', 3);
    const app = await classify(page, png(picture));
    await answerDialogs(running.app, out);
    const tfjs = await tryPage.export('tfjs');
    await tryPage.at('export-page').waitFor();
    expect(await tryPage.export('savedmodel')).not.toBe(tfjs);
    const elsewhere = await predictWithTfjs(tfjs, picture, SIZE);
    expect(elsewhere).toHaveLength(10);
    expect(largest(elsewhere.map((probability, i) => Math.abs(probability - (app.probabilities[i] ?? NaN))))).toBeLessThan(1e-4);
    await running.shot('exported');
  });

  it('has not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});
