/** The sample data that comes with the app: `resources/sample/labels.json` and two packs of JPEG files. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type DataSource, type Split, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { decodePicture } from '../runtime/images';
import type { Dataset, ImageSet } from './dataset';
import { resourcesDirectory } from './resources';
import { Stage } from './stage';

const LabelsSchema = v.object({
  classNames: v.pipe(v.array(v.string()), v.minLength(2)),
  /** Height and width of every picture, pixels. */
  size: v.pipe(v.number(), v.integer(), v.minValue(1)),
  train: v.array(v.number()),
  test: v.array(v.number())
});

/** @throws TsugikiError sample_damaged, resources_missing */
export async function openSample(source: DataSource, context: JobContext): Promise<Dataset> {
  const folder = join(resourcesDirectory(), 'sample');
  const labels = await readLabels(folder);
  const sets: Record<Split, ImageSet> = {
    train: await readPack(folder, 'train', labels.train, labels.size, context),
    test: await readPack(folder, 'test', labels.test, labels.size, context)
  };
  const classCounts = labels.classNames.map(() => 0);
  for (const label of labels.train) classCounts[label] = (classCounts[label] ?? 0) + 1;
  return {
    summary: {
      source,
      name: 'Sample',
      classNames: labels.classNames,
      classCounts,
      trainCount: sets.train.count,
      testCount: sets.test.count,
      testedOn: sets.test.count > 0 ? 'test' : 'validation',
      pictureSize: labels.size,
      skipped: []
    },
    load: async (split) => sets[split]
  };
}

async function readLabels(folder: string): Promise<v.InferOutput<typeof LabelsSchema>> {
  const text = await readFile(join(folder, 'labels.json'), 'utf8').catch(() => null);
  if (text === null) throw damaged('labels.json is missing');
  const parsed = v.safeParse(LabelsSchema, JSON.parse(text));
  if (!parsed.success) throw damaged(`labels.json: ${parsed.issues[0].message}`);
  return parsed.output;
}

/** A pack is JPEG files one after the other, each behind its length (uint32, little-endian). */
async function readPack(folder: string, split: Split, labels: readonly number[], size: number, context: JobContext): Promise<ImageSet> {
  const name = `${split}.jpg-pack`;
  const bytes = await readFile(join(folder, name)).catch(() => null);
  if (!bytes) throw damaged(`${name} is missing`);
  const stage = new Stage(context, 'decode', labels.length, 'pictures');
  const pixels = new Uint8Array(labels.length * size * size * 3);
  let at = 0;
  for (let i = 0; i < labels.length; i++) {
    const length = at + 4 <= bytes.length ? bytes.readUInt32LE(at) : 0;
    if (length === 0 || at + 4 + length > bytes.length) throw damaged(`${name} ends after ${i} of ${labels.length} pictures`);
    const picture = decodePicture(bytes.subarray(at + 4, at + 4 + length));
    if (picture.width !== size || picture.height !== size) throw damaged(`picture ${i + 1} of ${name} is ${picture.width} x ${picture.height}, not ${size} x ${size}`);
    pixels.set(picture.pixels, i * size * size * 3);
    at += 4 + length;
    if (i % 100 === 99) {
      stage.to(i + 1);
      await context.breathe();
    }
  }
  stage.to(labels.length);
  return { count: labels.length, height: size, width: size, pixels, labels: Int32Array.from(labels) };
}

const damaged = (detail: string): TsugikiError => new TsugikiError('sample_damaged', `The sample data that comes with Tsugiki is damaged (${detail}). Install Tsugiki again.`, { detail });
