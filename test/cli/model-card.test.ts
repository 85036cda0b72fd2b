/** The model card of an export tells the figures that `evaluate` counts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../electron/cli/main';
import { Evaluator, testPart } from '../../electron/engine/jobs/evaluate';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { testWithin } from '../../electron/engine/jobs/test-within';
import { saveModel, type TrainedModel } from '../../electron/engine/model/model-folder';
import { smallModel } from '../engine/export-fixture';
import { bmp, plain } from '../engine/fixtures';
import { smallFolder } from './small-data';

const { directory } = smallFolder();
let said = '';

beforeEach(() => {
  vi.stubEnv('INIT_CWD', directory);
  vi.spyOn(console, 'log').mockImplementation((text: string) => void (said += `${text}\n`));
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function tsugiki(...args: string[]): Promise<string> {
  said = '';
  expect(await main(args)).toBe(0);
  return said;
}

interface Evaluated {
  readonly test_images: number;
  readonly test_accuracy: number;
  readonly test_loss: number;
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly { readonly class: string; readonly precision: number | null; readonly recall: number | null; readonly f1: number | null; readonly support: number }[];
}

/** A model of so many classes and pictures of all of them, in a train and a test part; without parts where `parts` is false. */
async function made(name: string, classes: number, each: number, parts = true): Promise<TrainedModel> {
  const small = smallModel({ classes });
  const model = { ...small, meta: { ...small.meta, classNames: Array.from({ length: classes }, (_, i) => `k_${i}`) } };
  await saveModel(join(directory, name, 'model'), model);
  for (const part of parts ? ['train', 'test'] : ['']) {
    model.meta.classNames.forEach((label, k) => {
      const folder = join(directory, name, 'pictures', part, label);
      mkdirSync(folder, { recursive: true });
      for (let i = 0; i < each; i++) writeFileSync(join(folder, `${i}.bmp`), bmp(plain(70, 70, (61 * k + 37 * i + (part === 'test' ? 5 : 0)) % 256, (97 * i + 13 * k) % 256, (149 * k + 11 * i) % 256)));
    });
  }
  return model;
}

const exported = async (name: string, data = `${name}/pictures`): Promise<string> => {
  await tsugiki('export', '--model', `${name}/model`, '--data', data, '--format', 'onnx', '--out', `${name}/out`);
  return readFileSync(join(directory, name, 'out/MODEL_CARD.md'), 'utf8');
};
const evaluated = async (name: string): Promise<Evaluated> => JSON.parse(await tsugiki('evaluate', '--model', `${name}/model`, '--data', `${name}/pictures`, '--json')) as Evaluated;

/** Cells of the tables below a heading. */
function rowsUnder(card: string, heading: string): string[][] {
  const part = card.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
  return part.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---')).map((line) => line.slice(2, -2).split(' | '));
}
const shown = (share: number | null): string => share?.toFixed(3) ?? '-';

describe('the model card', () => {
  it('has the figures and the matrix that evaluate has', async () => {
    await made('few', 4, 6);
    const card = await exported('few');
    const { test_images, test_accuracy, test_loss, classes, confusion } = await evaluated('few');
    expect(test_images).toBe(24);
    expect(card).toContain(`on the 24 test pictures of "pictures": accuracy ${(100 * test_accuracy).toFixed(1)} %, loss ${test_loss.toFixed(4)}.`);
    const [, ...scores] = rowsUnder(card, 'Class by class');
    expect(scores.slice(0, 4)).toEqual(classes.map((one) => [one.class, shown(one.precision), shown(one.recall), shown(one.f1), String(one.support)]));
    const [, ...matrix] = rowsUnder(card, 'Confusion');
    expect(matrix.map(([, ...counts]) => counts.map(Number))).toEqual(confusion);
    // No matrix of one column.
    expect(confusion.filter((row) => row.some((count) => count > 0 && count < 6)).length).toBeGreaterThan(0);
  });

  it('names the most confused pairs of many classes', async () => {
    await made('many', 30, 2);
    const pairs = rowsUnder(await exported('many'), 'Confusion').slice(1);
    const { confusion } = await evaluated('many');
    const counts = confusion.flatMap((row, k) => row.filter((_, said) => said !== k)).sort((a, b) => b - a);
    expect(pairs).toHaveLength(20);
    expect(pairs.map(([, , count]) => Number(count))).toEqual(counts.slice(0, 20));
    for (const [label, said, count] of pairs) expect(confusion[Number(label?.slice(2))]?.[Number(said?.slice(2))]).toBe(Number(count));
  });

  it('says what it was tested on, and when it was not', async () => {
    await made('undivided', 3, 4, false);
    expect(await exported('undivided')).toContain('on the 12 pictures (they are not divided');
    expect(await exported('undivided', 'data')).toContain('No test set is known');
    // Pictures of other classes have no label to be right about.
    expect(JSON.parse(readFileSync(join(directory, 'undivided/out/parity.json'), 'utf8'))).toMatchObject({ accuracy: null });
  });

  it('says so where there was time for some only, and what is known costs none', async () => {
    const model = await made('slow', 3, 5);
    const dataset = await openDataset({ kind: 'path', path: join(directory, 'slow/pictures') }, quietContext());
    const evaluator = new Evaluator(model);
    const choice = { dataset, pictures: testPart(dataset), on: 'test' } as const;
    // 1000 pictures of 96 x 96 a second are 9000 of 32 x 32.
    const some = await testWithin(9 / 9000, evaluator, choice, quietContext());
    expect(some).toMatchObject({ count: 9, of: 15 });
    expect(some?.classes.map(({ support }) => support)).toEqual([3, 3, 3]);
    expect(await testWithin(6 / 9000, evaluator, choice, quietContext())).toMatchObject({ count: 15, of: 15 });
    evaluator.dispose();
    dataset.close();
  });
});
