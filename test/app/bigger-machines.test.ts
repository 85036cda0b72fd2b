/** A trained run, written in the window as a project for bigger machines. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from './albums';
import { answerDialogs, call, launch, REPO, type Running, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { TrainPage } from './pages/train-page';
import { TryPage } from './pages/try-page';
import { barriers, bringAxe } from './readable';
import { until } from './until';

describe('continue on bigger machines', () => {
  let running: Running;
  let trying: TryPage;
  beforeAll(async () => {
    running = await launch();
    trying = new TryPage(running.page);
    await new DataPage(running.page).openSample();
    await trying.open();
    expect(await trying.at('bigger-write').isDisabled()).toBe(true);
    await call(running.page, 'train:start', { weights: 'auto', recipe: { alpha: 0.35, inputSize: 32, limit: 120, phases: [{ name: 'frozen', epochs: 1 }] } });
    await until(async () => (await sessionOf(running.page)).status === 'finished', 'the training to end');
  });
  afterAll(() => running.close());

  it('writes nothing when the person cancels', async () => {
    await answerDialogs(running.app, null);
    await trying.at('bigger-write').click();
    await until(async () => !(await trying.at('bigger-write').isDisabled()), 'the button to be free again');
    expect(await trying.at('bigger-result').count()).toBe(0);
  });

  it('writes the run where the person says, and shows where that is', async () => {
    await answerDialogs(running.app, newFolder());
    await trying.at('bigger-go-on').check();
    await trying.at('bigger-write').click();
    const result = trying.at('bigger-result');
    await result.waitFor();
    const directory = (await result.getAttribute('data-directory')) ?? '';
    expect(readFileSync(join(directory, 'train.py'), 'utf8')).toContain('history_frozen = model.fit(train, epochs=1');
    expect(JSON.parse(readFileSync(join(directory, 'data/data.json'), 'utf8'))).toMatchObject({ size: 64, classes: 10, shards: 24 });
    expect(existsSync(join(directory, 'start.h5'))).toBe(true);
    await bringAxe(running.page);
    expect(await barriers(trying)).toEqual([]);
    expect(running.complaints).toEqual([]);
  });

  it('shows the curves and the result of what comes back, as of a run', async () => {
    const folder = newFolder();
    for (const [file, bytes] of Object.entries(unzipSync(readFileSync(join(REPO, 'test/fixtures/foreign-models/keras3-sequential.zip'))))) writeFileSync(join(folder, file), bytes);
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.keras')) ?? '');
    const { session } = (await call(running.page, 'model:open', { path: file, scale: null }))!;
    // As results.py writes it: test/engine/keras-project.test.ts has Keras write one.
    const recipe = { ...session.recipe, batchSize: 32, phases: session.recipe?.phases.map((phase) => ({ ...phase, epochs: 3 })) };
    const result = (loss: number[], test_accuracy: number) => ({ history: { loss, accuracy: loss.map((x) => 1 - x), val_loss: loss, val_accuracy: loss.map((x) => 0.9 - x) }, epoch_seconds: loss.map(() => 60), total_seconds: 200, test_loss: 0.4, test_accuracy });
    const phases = { frozen: result([0.75, 0.5, 0.4], 0.5), fine_tune: result([0.3, 0.25, 0.2], 0.625) };
    writeFileSync(join(folder, 'history.json'), JSON.stringify({ workers: 4, devices: 8, pictures: { train: 4000, validation: 1000, test: 800 }, recipe, phases }));

    await answerDialogs(running.app, file);
    await trying.open();
    await trying.at('open-model').click();
    await until(async () => (await sessionOf(running.page)).testAccuracy === 0.625, 'the training that came back');
    expect(await sessionOf(running.page)).toMatchObject({ status: 'finished', trainCount: 4000, recipe: { batchSize: 32 } });
    const training = new TrainPage(running.page);
    await training.open();
    expect(await training.testAccuracy()).toBe(0.625);
    expect(await training.at('view-runs').count()).toBe(1);
    await running.shot('bigger-machines-back');
    await training.at('view-runs').click();
    const [card] = await call(running.page, 'runs:list', undefined);
    expect(card).toMatchObject({ opened: file, testAccuracy: 0.625, seconds: 360 });
    expect(card?.epochs).toHaveLength(6);
    await training.at('run-accuracy-0').waitFor();
    expect(await barriers(training)).toEqual([]);
    await running.shot('bigger-machines-back-runs');
    expect(running.complaints).toEqual([]);
  });
});
