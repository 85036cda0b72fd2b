import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Weights } from '../../electron/engine/model/layers';
import { loadModelFolder, readModelMeta, saveModel } from '../../electron/engine/model/model-folder';
import { smallModel } from './export-fixture';

describe('the model folder', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'tsugiki-model-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const edit = (change: (description: Record<string, unknown>) => void) => {
    const path = join(directory, 'model.json');
    const description = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    change(description);
    writeFileSync(path, JSON.stringify(description));
  };

  const bytesOf = (weights: Weights) => [...weights].map(([key, values]) => [key, Buffer.from(values.buffer).toString('base64')]).sort();

  it('gives back what was saved, bit for bit', async () => {
    const model = smallModel({ inputSize: 64, scale: '-1..1' });
    await saveModel(directory, model);
    const back = await loadModelFolder(directory);
    expect(back.meta).toEqual(model.meta);
    expect(back.network).toEqual(model.network);
    expect(bytesOf(back.weights)).toEqual(bytesOf(model.weights));
    expect(await readModelMeta(directory)).toEqual(model.meta);
  });

  it('replaces an earlier model and leaves no files of it', async () => {
    await saveModel(directory, smallModel());
    const second = smallModel({ classes: 7 });
    await saveModel(directory, second);
    expect((await loadModelFolder(directory)).meta.classNames).toHaveLength(7);
    expect(readdirSync(directory)).toHaveLength(2);
  });

  it('refuses a newer version with a sentence', async () => {
    await saveModel(directory, smallModel());
    edit((description) => (description['version'] = 2));
    await expect(loadModelFolder(directory)).rejects.toMatchObject({ code: 'model_newer', message: expect.stringContaining('Update Tsugiki') as string });
  });

  it('refuses what is no model, a bad value, and weights that were changed', async () => {
    await expect(loadModelFolder(directory)).rejects.toMatchObject({ code: 'not_a_model' });
    writeFileSync(join(directory, 'model.json'), '{"format":"layers-model"}');
    await expect(loadModelFolder(directory)).rejects.toMatchObject({ code: 'not_a_model' });
    await saveModel(directory, smallModel());
    edit((description) => (description['inputSize'] = 'large'));
    await expect(loadModelFolder(directory)).rejects.toMatchObject({ code: 'model_damaged', message: expect.stringContaining('inputSize') as string });
    await saveModel(directory, smallModel());
    const file = readdirSync(directory).find((name) => name.endsWith('.h5')) as string;
    const bytes = readFileSync(join(directory, file));
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    writeFileSync(join(directory, file), bytes);
    await expect(loadModelFolder(directory)).rejects.toMatchObject({ code: 'model_damaged' });
    rmSync(join(directory, file));
    await expect(loadModelFolder(directory)).rejects.toMatchObject({ code: 'model_damaged', message: expect.stringContaining('missing') as string });
  });
});
