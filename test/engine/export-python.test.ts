/** Exports opened by the programs that they are for, in Python, and their answers held against the app's. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, EXPORT_PRECISIONS, type ExportFormat, type Parity, type Precision } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { OUTLETS } from '../../electron/engine/export/outlets';
import { compare } from '../../electron/engine/export/parity';
import { Evaluator } from '../../electron/engine/jobs/evaluate';
import { exportModel } from '../../electron/engine/jobs/export';
import { discs, smallModel } from './export-fixture';
import { askPython, hasPython } from './python';

const PROGRAM = readFileSync(resolve(__dirname, 'export_answers.py'), 'utf8');
const PICTURES = discs(100, 32);
const VARIANTS: readonly { format: ExportFormat; precision: Precision }[] = EXPORT_FORMATS.flatMap((format) => EXPORT_PRECISIONS[format].map((precision) => ({ format, precision })));

/** Rounded while it runs, and by our own reader as the program does it: held against each other picture by picture. */
const COMPARED_EACH: readonly Precision[] = ['dynamic', 'int8'];

/** Null: the program is not installed. */
type Answer = number[] | { error: string } | null;

/** The tutorial's way, and all that an export has to bring along: a resize, the other range, a temperature. */
describe.skipIf(!hasPython).each([
  { inputSize: 32, scale: '0..1' as const },
  { inputSize: 45, scale: '-1..1' as const, temperature: 2 }
])('in Python, %o', (settings) => {
  const model = smallModel(settings);
  let directory: string;
  let answers: Record<string, Answer>;
  const ours = new Map<string, Parity>();
  const readHere = new Map<string, Float32Array>();

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tsugiki-python-'));
    for (const { format, precision } of VARIANTS) {
      const folder = `${format}-${precision}`;
      const { parity } = await exportModel({ model, format, precision, directory: join(directory, folder), pictures: PICTURES, story: null }, quietContext());
      ours.set(folder, parity);
      if (!COMPARED_EACH.includes(precision)) continue;
      const loaded = await OUTLETS[format].load(join(directory, folder), { model, precision });
      readHere.set(folder, await loaded.predict(Float32Array.from(PICTURES.pixels), PICTURES.count));
      loaded.dispose();
    }
    writeFileSync(join(directory, 'pixels.bin'), new Uint8Array(Float32Array.from(PICTURES.pixels).buffer));
    answers = askPython(PROGRAM, [directory, String(settings.inputSize)]) as Record<string, Answer>;
  }, 300_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(VARIANTS)('$format, $precision, answers as in the app', async ({ format, precision }) => {
    const answer = answers[`${format}-${precision}`];
    if (answer === null) return console.info(`skipped: no program for ${format} in this Python`);
    if (!Array.isArray(answer)) throw new Error(answer?.error);
    let at = 0;
    const predict = async (_pixels: Float32Array, count: number): Promise<Float32Array> => Float32Array.from(answer.slice(at, (at += count * model.meta.classNames.length)));
    const parity = await compare(new Evaluator(model), { predict, dispose: () => undefined }, PICTURES, quietContext(), { takes: 'imageSize', most: PICTURES.count });
    expect(at).toBe(answer.length);
    if (precision === 'float32') {
      expect(parity).toMatchObject({ pictures: 100, agreement: 1 });
      expect(parity.largestDifference).toBeLessThan(1e-4);
    } else {
      expect(parity.agreement).toBeGreaterThanOrEqual(0.95);
      // What the app told of its own reading is what the format's program does.
      expect(Math.abs(parity.largestDifference - (ours.get(`${format}-${precision}`)?.largestDifference ?? NaN))).toBeLessThan(0.02);
      if (!COMPARED_EACH.includes(precision)) return;
      // And that picture by picture. Where a number lies on the edge between two steps, the last digit of a sum decides, which is each processor's own.
      const here = readHere.get(`${format}-${precision}`) ?? new Float32Array();
      const { classNames: { length } } = model.meta;
      const apart = (other: ArrayLike<number>): number[] =>
        Array.from(PICTURES.labels, (_, i) => Math.max(...answer.slice(i * length, (i + 1) * length).map((value, place) => Math.abs(value - (other[i * length + place] ?? NaN)))));
      const differences = apart(here);
      if (precision === 'dynamic') return expect(differences.filter((difference) => difference <= 0.002).length, `${differences}`).toBeGreaterThanOrEqual(90);
      // With int8 throughout there are such edges in every layer. LiteRT's own two kinds of kernels do not agree on them, either: ours is no farther from one of them.
      const other = answers['without XNNPACK'];
      if (!Array.isArray(other)) throw new Error(other?.error);
      const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
      expect(sum(differences)).toBeLessThanOrEqual(sum(apart(other)));
    }
  });
});
