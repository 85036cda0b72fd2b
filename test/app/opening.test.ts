/** Models from elsewhere in the window: chosen, dropped, refused; tried, understood, and found again. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from './albums';
import { dropPaths } from './drop';
import { answerDialogs, call, launch, REPO, type Running, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { TryPage } from './pages/try-page';
import { UnderstandPage } from './pages/understand-page';
import { madePicture, png } from './pictures';
import { barriers, bringAxe, cutOff } from './readable';

const FOREIGN = join(REPO, 'test/fixtures/foreign-models');
const MINUTE = 60_000;

/** A fixture's files in a folder of their own, with the names of its classes. */
function unpack(name: string, classNames?: readonly string[]): string {
  const folder = newFolder();
  for (const [file, bytes] of Object.entries(unzipSync(readFileSync(join(FOREIGN, `${name}.zip`))))) writeFileSync(join(folder, file), bytes);
  if (classNames) writeFileSync(join(folder, 'labels.json'), JSON.stringify(classNames));
  return folder;
}

describe('models from elsewhere', () => {
  let running: Running;
  let page: Page;
  let trying: TryPage;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    trying = new TryPage(page);
    await trying.open();
    await bringAxe(page);
  });
  afterAll(() => running.close());

  const opened = (name: string) => expect.poll(() => trying.toasts.allTextContents().then((texts) => texts.join(' ')), { timeout: MINUTE }).toContain(`${name} is open.`);
  const said = () => expect.poll(() => trying.toasts.allTextContents().then((texts) => texts.join(' ')), { timeout: MINUTE });
  const probabilities = async (index: number): Promise<number[]> => (await call(page, 'classify:picture', { bytes: new Uint8Array(png(madePicture(index))), name: 'a.png' })).probabilities;

  it('are what an empty place offers, too', async () => {
    await trying.at('open-model').waitFor();
    expect(await barriers(trying)).toEqual([]);
    await running.shot('opening-empty');
  });

  it('name pictures without any project, and say what their file does not', async () => {
    await answerDialogs(running.app, join(unpack('keras3-flat'), 'model.keras'));
    await trying.at('open-model').click();
    await trying.at('opened-notes').waitFor({ timeout: MINUTE });
    expect(await trying.at('opened-notes').locator('li').count()).toBe(3);
    const { top } = await trying.drop(png(madePicture(1)), 'one.png');
    expect(top.map(({ label }) => label).sort()).toEqual(['class_0', 'class_1', 'class_2', 'class_3']);
    expect(await barriers(trying)).toEqual([]);
    expect(await cutOff(page)).toEqual([]);
    await running.shot('opening-notes');
    await trying.setLanguage('ja');
    await trying.setTheme('dark');
    expect(await barriers(trying)).toEqual([]);
    await running.shot('opening-notes-ja');
    await trying.setLanguage('en');
    await trying.setTheme('system');

    const before = await probabilities(1);
    await trying.at('opened-scale').click();
    await trying.at('opened-scale').waitFor({ state: 'detached', timeout: MINUTE });
    expect(await trying.at('opened-notes').locator('li').count()).toBe(2);
    expect(await probabilities(1)).not.toEqual(before);
    await trying.at('opened-notes').getByRole('button').click();
    expect(await trying.at('opened-notes').count()).toBe(0);
  });

  it('come into a project as runs, and are tested by the names of their classes', async () => {
    await new DataPage(page).openSample();
    await dropPaths(page, [join(unpack('keras3-transfer-learning', ['mug', 'unicorn']), 'cats_and_dogs.keras')]);
    await opened('cats_and_dogs');
    const session = await sessionOf(page);
    expect(session).toMatchObject({ status: 'finished', testAccuracy: null, recipe: { alpha: 0.35, inputSize: 32, scale: '-1..1' } });
    expect(existsSync(join(session.data?.project?.directory ?? '', 'runs', session.runId ?? '', 'model', 'model.json'))).toBe(true);
    expect(await call(page, 'runs:list', undefined)).toMatchObject([{ name: 'cats_and_dogs', started: null, model: session.model }]);

    const understanding = new UnderstandPage(page);
    await understanding.open('summary');
    await understanding.measured();
    const { unknown, count, classNames } = await call(page, 'understand:evaluate', { set: 'test' });
    expect(classNames).toEqual(['mug', 'unicorn']);
    expect({ unknown: unknown > 0, known: count > 0, all: unknown + count }).toEqual({ unknown: true, known: true, all: session.data?.testCount });
    await running.shot('opening-understand');
    await trying.go('train');
    expect(await trying.at('status-line').textContent()).toContain('it was not trained here');
    expect((await trying.at('train-start').textContent())?.trim()).toBe('Train');
    expect(await trying.at('nav-train').getAttribute('data-state')).toBe('none');
    await running.shot('opening-train');
    await trying.at('view-runs').click();
    await trying.at('runs-panel').getByText('cats_and_dogs.keras').waitFor();
    expect(await barriers(trying)).toEqual([]);
    await running.shot('opening-runs');
  });

  it('are dropped on Try as zips', async () => {
    await trying.open();
    await dropPaths(page, [join(FOREIGN, 'teachable-machine.zip')]);
    await opened('teachable-machine');
    const { top } = await trying.drop(png(madePicture(2)), 'two.png');
    expect(top.map(({ label }) => label).sort()).toEqual(['Paper 2', 'Rock', 'Scissors']);
  });

  it('that are none leave everything as it was', async () => {
    const before = await sessionOf(page);
    const [answer, runs] = [await probabilities(3), await call(page, 'runs:list', undefined)];
    const folder = newFolder();
    writeFileSync(join(folder, 'torn.keras'), readFileSync(join(FOREIGN, 'keras3-whole.zip')).subarray(0, 5000));
    writeFileSync(join(folder, 'model.onnx'), 'from elsewhere');
    for (const [file, sentence] of [['torn.keras', 'damaged or cut off'], ['model.onnx', 'opens only with the tsugiki.json']] as const) {
      await dropPaths(page, [join(folder, file)]);
      await said().toContain(sentence);
    }
    expect(await sessionOf(page)).toEqual(before);
    expect(await call(page, 'runs:list', undefined)).toEqual(runs);
    expect(await probabilities(3)).toEqual(answer);
    expect(readdirSync(join(before.data?.project?.directory ?? '', 'runs'))).toHaveLength(runs.length);
  });

  it('are still there after the next start', async () => {
    const [session, answer] = [await sessionOf(page), await probabilities(4)];
    expect(running.complaints).toEqual([]);
    await running.close('keep');
    running = await launch({ userData: running.userData });
    page = running.page;
    trying = new TryPage(page);
    expect(await sessionOf(page)).toMatchObject({ runId: session.runId, model: session.model, status: 'finished' });
    expect(await probabilities(4)).toEqual(answer);
    expect(running.complaints).toEqual([]);
  });
});
