/** The web page of an export, opened from the disk as a double click does: it answers as the app, from a dropped picture and from a camera. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, type Page, _electron } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronPath } from '../../scripts/setup/electron.mjs';
import { quietContext } from '../../electron/engine/context';
import { writeWebPage } from '../../electron/engine/export/demos/web';
import { tfjs } from '../../electron/engine/export/tfjs';
import { tfjsGraph } from '../../electron/engine/export/tfjs-graph';
import { Classifier } from '../../electron/engine/jobs/classify';
import { discs, smallModel } from '../engine/export-fixture';
import { bringAxe, seriousOf } from './readable';
import { REPO, display } from './harness';
import { madePicture, png } from './pictures';

const model = smallModel({ inputSize: 64, imageSize: 32 });
const file = (path: string): Uint8Array => readFileSync(join(REPO, path));
/** Square, not square, transparent, and one to be shrunk. */
const pictures = [png(madePicture(1)), file('test/fixtures/pictures/interlaced.png'), file('test/fixtures/pictures/rgba.png'), file('docs/images/data-en.png')];

/** WebGL without a graphics card takes seconds to make its programs. */
const ANSWERED = { timeout: 30_000 };

describe.each([tfjs, tfjsGraph])('the web page of $title', (outlet) => {
  const directory = mkdtempSync(join(tmpdir(), 'tsugiki web ü '));
  let app: ElectronApplication;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    await outlet.write({ model, precision: 'float32' }, directory, { pictures: discs(4, 32), context: quietContext() });
    await writeWebPage(model.meta, directory);
    app = await _electron.launch({
      executablePath: electronPath(), args: ['--no-sandbox', join(REPO, 'test/app/browser'), join(directory, 'web/index.html')],
      env: { ...(process.env as Record<string, string>), DISPLAY: await display() }
    });
    page = await app.firstWindow();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is one folder', () => {
    for (const name of ['index.html', 'app.js', 'style.css', 'tf.min.js', 'model.js']) expect(statSync(join(directory, 'web', name)).size, name).toBeGreaterThan(0);
    expect(readFileSync(join(directory, 'web/index.html'), 'utf8')).not.toContain('http://');
  });

  it('answers as the app does', async () => {
    const classifier = new Classifier(model);
    for (const [i, bytes] of pictures.entries()) {
      const path = join(directory, `${i}.png`);
      writeFileSync(path, bytes);
      await page.locator('#time').evaluate((time) => (time.textContent = ''));
      await page.locator('#file').setInputFiles(path);
      await expect.poll(() => page.locator('#time').textContent(), ANSWERED).not.toBe('');
      const { top } = classifier.classify(bytes);
      const told = await page.locator('#bars li').evaluateAll((items) => items.map((item) => ({ label: item.firstChild?.textContent ?? '', probability: item.querySelector('progress')?.value ?? 0 })));
      expect(told.map(({ label }) => label), `picture ${i}`).toEqual(top.map(({ label }) => label));
      told.forEach(({ probability }, rank) => expect(Math.abs(probability - top[rank]!.probability), `picture ${i}, ${rank}`).toBeLessThan(1e-3));
    }
    classifier.dispose();
  });

  it('says so of a file that is no picture, and goes on', async () => {
    const path = join(directory, 'notes.png');
    writeFileSync(path, 'no picture');
    await page.locator('#file').setInputFiles(path);
    await expect.poll(() => page.locator('#answer').textContent()).toMatch(/cannot be read|読み込めません/);
    complaints.length = 0;
  });

  it('looks through the camera, and lets go of it', async () => {
    await page.locator('#live').click();
    await page.locator('#camera').waitFor({ state: 'visible' });
    await expect.poll(() => page.locator('#bars li').count()).toBe(4);
    await page.locator('#live').click();
    await page.locator('#camera').waitFor({ state: 'hidden' });
  });

  it('keeps nobody out, and asks nothing of the network', async () => {
    await bringAxe(page);
    expect(await seriousOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
