/** Taking the model along: what the formats are for and how large, a precision chosen, the check told; in both languages, by keyboard, and stopped. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, EXPORT_PRECISIONS, type ExportSize } from '../../electron/contract';
import { answerDialogs, call, launch, type Running, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { TryPage } from './pages/try-page';
import { barriers, bringAxe } from './readable';
import { until } from './until';

const NARROW = { width: 1024, height: 640 };

describe('exports', () => {
  let running: Running;
  let page: Page;
  let trying: TryPage;
  let sizes: ExportSize[];
  const out = mkdtempSync(join(tmpdir(), 'tsugiki-exports-'));

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    trying = new TryPage(page);
    await new DataPage(page).openSample();
    await trying.open();
    await bringAxe(page);
  });
  afterAll(() => running.close());

  it('are shown before there is a model, and cannot be begun', async () => {
    for (const format of EXPORT_FORMATS) expect(await trying.at(`export-${format}`).isDisabled()).toBe(true);
    expect(await barriers(trying)).toEqual([]);
  });

  it('tell their sizes, as soon as there is one', async () => {
    await call(page, 'train:start', { weights: 'auto', recipe: { alpha: 0.35, inputSize: 64, limit: 200, phases: [{ name: 'frozen', epochs: 1 }] } });
    await until(async () => (await sessionOf(page)).status === 'finished', 'the training to end');
    sizes = await call(page, 'export:sizes', undefined);
    expect(sizes).toHaveLength(EXPORT_FORMATS.reduce((sum, format) => sum + EXPORT_PRECISIONS[format].length, 0));
    for (const { bytes } of sizes) expect(bytes).toBeGreaterThan(400_000);
    await expect.poll(() => trying.at('export-tflite').textContent()).toMatch(/\d MB/);
  });

  it('shrink with the precision that is chosen', async () => {
    const shown = (): Promise<string | null> => trying.at('export-tflite').textContent();
    const before = await shown();
    await trying.at('precision-tflite').selectOption('int8');
    await expect.poll(shown).not.toBe(before);
  });

  it('are written by keyboard alone, checked, and say how', async () => {
    await answerDialogs(running.app, out);
    await trying.at('export-tflite').focus();
    await page.keyboard.press('Enter');
    const result = page.locator('[data-testid="export-result"][data-format="tflite"]');
    await result.waitFor({ timeout: 60_000 });
    const directory = (await result.getAttribute('data-directory')) ?? '';
    const files = readdirSync(directory);
    expect(files).toEqual(expect.arrayContaining(['model.tflite', 'labels.txt', 'labels.json', 'MODEL_CARD.md', 'README.md', 'parity.json', 'tsugiki.json']));
    const parity = JSON.parse(readFileSync(join(directory, 'parity.json'), 'utf8')) as { pictures: number; checkedBy: string | null; accuracy: object | null };
    expect(parity.pictures).toBeGreaterThanOrEqual(100);
    expect(parity.checkedBy).toBeNull();
    expect(parity.accuracy).not.toBeNull();
    expect(await result.textContent()).toContain('own reader');
    await result.scrollIntoViewIfNeeded();
    await running.shot('export-result');
    expect(await barriers(trying)).toEqual([]);
    const card = readFileSync(join(directory, 'MODEL_CARD.md'), 'utf8');
    for (const part of ['## Training', '"inputSize": 64', 'CC0', 'model.tflite']) expect(card).toContain(part);
  });

  it('are dragged out of the window, and nothing else is', async () => {
    await running.app.evaluate(({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0]!;
      webContents.startDrag = ({ file }) => void Reflect.set(globalThis, 'draggedOut', file);
    });
    const dragged = (): Promise<unknown> => running.app.evaluate(() => Reflect.get(globalThis, 'draggedOut') as unknown);
    await expect(call(page, 'shell:drag', { path: tmpdir() })).rejects.toThrow('is not there');
    expect(await dragged()).toBeUndefined();
    await trying.at('export-drag').dispatchEvent('dragstart');
    await expect.poll(dragged).toBe(await trying.at('export-result').getAttribute('data-directory'));
  });

  it('can be read by all, in both languages and lights, in a small window', async () => {
    await page.setViewportSize(NARROW);
    for (const [locale, theme] of [['en', 'light'], ['ja', 'dark']] as const) {
      await call(page, 'preferences:set', { locale, theme });
      await page.reload();
      await trying.open();
      await bringAxe(page);
      await expect.poll(() => trying.at('export-onnx').isEnabled()).toBe(true);
      expect(await barriers(trying)).toEqual([]);
      expect(await page.locator('.settings').evaluate((panel) => panel.scrollWidth - panel.clientWidth)).toBe(0);
      await running.shot(`exports-${locale}-${theme}`);
    }
  });

  it('has not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});
