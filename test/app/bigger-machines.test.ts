/** A trained run, written in the window as a project for bigger machines. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from './albums';
import { answerDialogs, call, launch, type Running, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
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
});
