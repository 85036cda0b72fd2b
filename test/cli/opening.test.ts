/** --model on exports and on models from elsewhere. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../electron/cli/main';
import { EXPORT_FORMATS } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { exportModel } from '../../electron/engine/jobs/export';
import { saveModel } from '../../electron/engine/model/model-folder';
import { bmp, plain } from '../engine/fixtures';
import { discs, smallModel } from '../engine/export-fixture';
import { smallFolder } from './small-data';

const { directory } = smallFolder();
const FOREIGN = resolve(__dirname, '../fixtures/foreign-models');
const said = { out: '', err: '' };

beforeEach(() => {
  said.out = said.err = '';
  vi.stubEnv('INIT_CWD', directory);
  vi.spyOn(console, 'log').mockImplementation((text: string) => void (said.out += `${text}\n`));
  vi.spyOn(console, 'error').mockImplementation((text: string) => void (said.err += `${text}\n`));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function tsugiki(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  said.out = said.err = '';
  const code = await main(args);
  return { code, ...said };
}

/** Probabilities of a table, the rest as it is. */
const rows = (csv: string): (string | number)[][] => csv.trim().split(/\r?\n/).slice(1).map((line) => line.split(',').map((cell) => (/^[\d.e-]+$/.test(cell) ? Number(cell) : cell)));

describe('--model', () => {
  beforeAll(async () => {
    mkdirSync(join(directory, 'pictures'));
    [[250, 20, 30], [10, 240, 90], [60, 60, 200]].forEach(([r = 0, g = 0, b = 0], i) => writeFileSync(join(directory, 'pictures', `${i}.bmp`), bmp(plain(8, 8, r, g, b))));
    const model = smallModel({ temperature: 4 });
    await saveModel(join(directory, 'own'), model);
    for (const format of EXPORT_FORMATS) {
      mkdirSync(join(directory, format));
      await exportModel({ model, format, precision: 'float32', directory: join(directory, format), pictures: discs(4, 32), story: null }, quietContext());
    }
  });

  it.each(EXPORT_FORMATS)('classifies with our %s export as with the model itself', async (format) => {
    for (const model of ['own', format]) expect(await tsugiki('classify', '--model', model, '--csv', `${model}.csv`, 'pictures')).toMatchObject({ code: 0 });
    const [own, exported] = ['own', format].map((name) => rows(readFileSync(join(directory, `${name}.csv`), 'utf8')));
    expect(exported?.length).toBe(3);
    expect(exported?.length).toBe(own?.length);
    own?.forEach((row, i) => row.forEach((cell, column) => (typeof cell === 'number' ? expect(exported?.[i]?.[column]).toBeCloseTo(cell, 4) : expect(exported?.[i]?.[column]).toBe(cell))));
  });

  it('opens a model from elsewhere, and tells what it took for granted', async () => {
    const model = join(FOREIGN, 'keras3-flat.zip');
    const assumed = await tsugiki('classify', '--model', model, '--json', 'pictures');
    expect(assumed).toMatchObject({ code: 0, err: expect.stringMatching(/-1\.\.1.*\n(.*\n)*.*class_0/) as string });
    const told = await tsugiki('classify', '--model', model, '--scale', '0..1', '--json', 'pictures');
    expect(told.err).not.toContain('--scale');
    expect(told.out).not.toBe(assumed.out);
    expect(JSON.parse(told.out)).toMatchObject([{ top: expect.arrayContaining([{ label: 'class_0', probability: expect.any(Number) as number }]) as object }, {}, {}]);
  });

  it('inspects it, and exports it', async () => {
    const model = join(FOREIGN, 'teachable-machine.zip');
    expect(await tsugiki('inspect', '--model', model)).toMatchObject({ code: 0, out: expect.stringContaining('3 classes (Rock, Paper 2, Scissors)') as string });
    expect(await tsugiki('export', '--model', model, '--format', 'onnx', '--out', 'teachable', '--data', 'data')).toMatchObject({ code: 0 });
    expect(await tsugiki('inspect', '--model', 'teachable/model.onnx')).toMatchObject({ code: 0, out: expect.stringContaining('3 classes (Rock, Paper 2, Scissors)') as string });
  });

  it.each([
    [2, ['classify', '--model', 'own', '--scale', '0..2', 'data'], '--scale must be 0..1 or -1..1'],
    [1, ['classify', '--model', 'nowhere', 'data'], 'There is no model at'],
    [1, ['evaluate', '--model', 'data', '--data', 'data'], 'is no model that opens here'],
    [1, ['classify', '--model', join(FOREIGN, 'answers.json'), 'data'], 'is no model that opens here']
  ])('exits with %i: %j', async (code, args, sentence) => {
    expect(await tsugiki(...args)).toMatchObject({ code, out: '', err: expect.stringContaining(sentence) as string });
  });
});
