/** The sample data that comes with the app: `resources/sample/labels.json` and two packs of JPEG files. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { because, type ErrorShape, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { decodePicture } from '../runtime/images';
import type { ImageSet } from './dataset';
import type { PackedPart, PackedSet } from './packed';
import { resourcesDirectory } from './resources';
import { Stage } from './stage';

const LabelsSchema = v.object({
  classNames: v.pipe(v.array(v.string()), v.minLength(2)),
  /** Height and width of every picture, pixels. */
  size: v.pipe(v.number(), v.integer(), v.minValue(1)),
  train: v.array(v.number()),
  test: v.array(v.number())
});

type Labels = v.InferOutput<typeof LabelsSchema>;

/** Pictures are decoded when they are asked for, once. @throws TsugikiError sample_damaged, resources_missing */
export async function openSample(): Promise<PackedSet> {
  const folder = join(resourcesDirectory(), 'sample');
  const labels = await readLabels(folder);
  const packs: Record<PackedPart, Pack> = { train: await readPack(folder, 'train', labels), test: await readPack(folder, 'test', labels) };
  const decoded: Partial<Record<PackedPart, Promise<ImageSet>>> = {};
  return {
    name: 'Sample',
    classNames: labels.classNames,
    size: labels.size,
    testedOn: labels.test.length > 0 ? 'test' : 'validation',
    load: (part, context) => {
      const set = (decoded[part] ??= decode(packs[part], labels.size, context));
      // A stopped attempt must not be what the next one gets.
      set.catch(() => delete decoded[part]);
      return set;
    }
  };
}

async function readLabels(folder: string): Promise<Labels> {
  const text = await readFile(join(folder, 'labels.json'), 'utf8').catch(() => null);
  if (text === null) throw damaged(because('part_missing', 'labels.json is missing', { file: 'labels.json' }));
  const parsed = v.safeParse(LabelsSchema, JSON.parse(text));
  if (!parsed.success) throw damaged(because('part_damaged', `labels.json: ${parsed.issues[0].message}`, { file: 'labels.json' }));
  return parsed.output;
}

interface Pack {
  readonly name: string;
  readonly files: readonly Uint8Array[];
  readonly labels: Int32Array;
}

/** A pack is JPEG files one after the other, each behind its length (uint32, little-endian). */
async function readPack(folder: string, part: PackedPart, labels: Labels): Promise<Pack> {
  const name = `${part}.jpg-pack`;
  const bytes = await readFile(join(folder, name)).catch(() => null);
  if (!bytes) throw damaged(because('part_missing', `${name} is missing`, { file: name }));
  const files: Uint8Array[] = [];
  let at = 0;
  for (const count = labels[part].length; files.length < count; ) {
    const length = at + 4 <= bytes.length ? bytes.readUInt32LE(at) : 0;
    if (length === 0 || at + 4 + length > bytes.length) throw damaged(because('part_damaged', `${name} ends after ${files.length} of ${count} pictures`, { file: name }));
    files.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return { name, files, labels: Int32Array.from(labels[part]) };
}

async function decode({ name, files, labels }: Pack, size: number, context: JobContext): Promise<ImageSet> {
  const stage = new Stage(context, 'decode', files.length, 'pictures');
  const pixels = new Uint8Array(files.length * size * size * 3);
  for (const [i, file] of files.entries()) {
    const picture = decodePicture(file);
    if (picture.width !== size || picture.height !== size) throw damaged(because('part_damaged', `picture ${i + 1} of ${name} is ${picture.width} x ${picture.height}, not ${size} x ${size}`, { file: name }));
    pixels.set(picture.pixels, i * size * size * 3);
    stage.to(i + 1);
    if (i % 50 === 49) await context.breathe();
  }
  return { count: files.length, height: size, width: size, pixels, labels };
}

const damaged = (reason: ErrorShape): TsugikiError => new TsugikiError('sample_damaged', `The sample data that comes with Tsugiki is damaged (${reason.message}). Install Tsugiki again.`, { reason });
