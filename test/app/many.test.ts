/** Ten thousand pictures of CIFAR-10 as PNG files in class folders, through the window: in, seen to the last, put right, and back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from './albums';
import { dropPaths } from './drop';
import { type Running, cifarFolder, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { cifarRecords, madePicture, png } from './pictures';

const COUNT = 10_000;
const CLASSES = 10;

/** CIFAR-10's first batch, or made pictures where it is not. */
function pictureFolders(): string {
  const folder = newFolder();
  const cifar = cifarFolder();
  const records = cifar ? cifarRecords(cifar) : null;
  for (let label = 0; label < CLASSES; label++) mkdirSync(join(folder, `class ${label}`));
  for (let i = 0; i < COUNT; i++) {
    const { label, pixels } = records?.(i) ?? { label: i % CLASSES, pixels: madePicture(i) };
    writeFileSync(join(folder, `class ${label}`, `${i}.png`), png(pixels));
  }
  return folder;
}

describe('ten thousand pictures', () => {
  let running: Running;
  let page: Page;
  let data: DataPage;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    data = new DataPage(page);
    await data.at('door-drop').waitFor();
  });
  afterAll(() => running.close());

  const inAll = (): Promise<number> => sessionOf(page).then(({ data: set }) => set?.project?.classes.reduce((sum, { train, excluded }) => sum + train + excluded, 0) ?? 0);

  it('come in', async () => {
    await dropPaths(page, [pictureFolders()]);
    await expect.poll(inAll, { timeout: 60_000 }).toBe(COUNT);
    expect((await sessionOf(page)).data).toMatchObject({ pictureSize: 32, skipped: [], trainCount: COUNT });
    await data.picturesShown();
    await running.shot('ten-thousand');
  });

  it('are seen to the last one', async () => {
    await data.at('picture-grid').focus();
    await page.keyboard.press('End');
    await expect.poll(() => data.focusedPicture(), { timeout: 10_000 }).toContain('class 9/');
    await data.picturesShown();
  });

  it('are excluded all at once, and all come back', async () => {
    await page.keyboard.press('Control+a');
    await expect.poll(() => data.selected()).toBe(COUNT);
    await page.keyboard.press('e');
    await expect.poll(async () => (await sessionOf(page)).data?.trainCount, { timeout: 30_000 }).toBe(0);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await sessionOf(page)).data?.trainCount, { timeout: 30_000 }).toBe(COUNT);
  });
});
