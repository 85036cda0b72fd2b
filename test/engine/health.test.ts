import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { because, type HealthFinding, HealthReportSchema, type Part, type Picture } from '../../electron/contract';
import { JobControl, quietContext } from '../../electron/engine/context';
import { checkHealth, type HealthInput } from '../../electron/engine/jobs/health';
import { Random } from '../../electron/engine/model/random';
import { recordingContext } from './fixtures';

/** A picture of its own kind for every number, without likeness to any other: coarse noise from a seed, enlarged. */
function scene(seed: number): (size: number) => Uint8Array {
  const random = new Random(seed);
  const cells = Array.from({ length: 64 * 3 }, () => Math.floor(random.next() * 256));
  return (size) => Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const [y, x, channel] = [Math.floor(i / 3 / size), Math.floor(i / 3) % size, i % 3];
    return cells[(Math.floor((y * 8) / size) * 8 + Math.floor((x * 8) / size)) * 3 + channel]!;
  });
}

interface Given extends Partial<Picture> {
  /** What it shows; its own scene when left out. */
  readonly shows?: (size: number) => Uint8Array;
}

const CLASSES = ['leaf', 'stone', 'shell'].map((name, id) => ({ id, name }));

/** A project of these pictures. Those with one `shows` but no hash of their own are one file. */
function project(given: readonly Given[], more: Partial<HealthInput> = {}): HealthInput & { readonly asked: number[][] } {
  const scenes = given.map(({ shows }, id) => shows ?? scene(id));
  const pictures: Picture[] = given.map(({ shows: _shows, ...picture }, id) => ({
    id, root: 0, file: `${id}.jpg`, row: null, hash: `hash ${scenes.indexOf(scenes[id]!)}`, width: 200, height: 150, class: 0, part: null, excluded: false, ...picture
  }));
  const asked: number[][] = [];
  return {
    header: { classes: CLASSES }, pictures, partOf: ({ part }) => part ?? 'train', revision: 7, skipped: [], missing: new Set(), asked,
    thumbnails: async (ids, size) => {
      asked.push([...ids]);
      return { pixels: new Uint8Array(Buffer.concat(ids.map((id) => scenes[id]!(size)))), unreadable: [] };
    },
    ...more
  };
}

async function check(input: HealthInput): Promise<Record<string, HealthFinding>> {
  const report = await checkHealth(input, quietContext());
  expect(v.parse(HealthReportSchema, report)).toEqual(report);
  return Object.fromEntries(report.findings.map((finding) => [finding.kind, finding]));
}

/** Enough pictures in each class that nothing is said of numbers. */
const plenty: Given[] = CLASSES.flatMap(({ id }) => Array.from({ length: 20 }, () => ({ class: id })));
const first = plenty.length;

describe('a health report', () => {
  it('finds nothing where there is nothing', async () => {
    const input = project(plenty);
    expect(await checkHealth(input, quietContext())).toEqual({ revision: 7, checked: 60, findings: [], skipped: [] });
    const skipped = [{ file: 'notes.txt', reason: because('not_a_picture', 'It is no picture.') }];
    expect((await checkHealth({ ...input, skipped }, quietContext())).skipped).toEqual(skipped);
    expect((await checkHealth(project([]), quietContext())).findings.map(({ kind }) => kind)).toEqual(['empty_class', 'empty_class', 'empty_class']);
  });

  it('tells superfluous copies, contradictions and leaks, and how each is mended', async () => {
    const [a, b, c] = [scene(1001), scene(1002), scene(1003)];
    const found = await check(project([
      ...plenty,
      // 60 to 62: thrice in one class
      { shows: a }, { shows: a }, { shows: a },
      // 63, 64: in two classes
      { shows: b, class: 1 }, { shows: b, class: 2 },
      // 65 to 68: twice in training, in validation and in the test
      { shows: c, class: 1 }, { shows: c, class: 1 }, { shows: c, class: 1, part: 'validation' }, { shows: c, class: 1, part: 'test' }
    ]));
    expect(Object.keys(found)).toEqual(['duplicates', 'contradiction', 'leak']);
    expect(found['duplicates']).toEqual({ kind: 'duplicates', groups: [[60, 61, 62], [65, 66]], count: 5, class: null, figure: null, fix: { kind: 'remove', pictures: [61, 62, 66] } });
    expect(found['contradiction']).toMatchObject({ groups: [[63, 64]], count: 2, fix: null });
    // The test's own comes first and stays.
    expect(found['leak']).toMatchObject({ groups: [[68, 67, 65, 66]], count: 4, fix: { kind: 'remove', pictures: [65, 66, 67] } });
  });

  it('does the same by looks: copies that were saved anew have another hash', async () => {
    const [a, b, c] = [scene(1001), scene(1002), scene(1003)];
    const found = await check(project([
      ...plenty,
      { shows: a }, { shows: a, hash: 'saved anew' },
      { shows: b, class: 1 }, { shows: b, class: 2, hash: 'and again' },
      { shows: c, class: 1 }, { shows: c, class: 1, part: 'test', hash: 'once more' }
    ]));
    expect(Object.keys(found)).toEqual(['near_duplicates', 'near_contradiction', 'near_leak']);
    expect(found['near_duplicates']).toMatchObject({ groups: [[60, 61]], count: 2, fix: { kind: 'exclude', pictures: [61] } });
    expect(found['near_contradiction']).toMatchObject({ groups: [[62, 63]], fix: null });
    expect(found['near_leak']).toMatchObject({ groups: [[65, 64]], fix: { kind: 'exclude', pictures: [64] } });
  });

  it('leaves excluded pictures alone', async () => {
    const a = scene(1001);
    const copies = [{ shows: a }, { shows: a, excluded: true }, { shows: a, hash: 'saved anew', excluded: true, width: 5 }];
    const input = project([...plenty, ...copies]);
    expect(await checkHealth(input, quietContext())).toMatchObject({ checked: 61, findings: [] });
    expect(input.asked.flat()).not.toContain(61);
  });

  it('lists what cannot be read and what is gone, and looks at neither', async () => {
    const whole = project(plenty);
    const thumbnails: HealthInput['thumbnails'] = async (ids, size, context) => ({ ...(await whole.thumbnails(ids, size, context)), unreadable: ids.filter((id) => id === 3 || id === 30) });
    const found = await check({ ...whole, thumbnails, missing: new Set([4, 5]) });
    expect(found['unreadable']).toMatchObject({ groups: [[3], [30]], count: 2, fix: { kind: 'remove', pictures: [3, 30] } });
    expect(found['missing']).toMatchObject({ groups: [[4], [5]], count: 2, fix: null });
    expect(Object.keys(found)).toEqual(['unreadable', 'missing']);
    expect(whole.asked.flat()).toHaveLength(58);
  });

  it('finds tiny, long and blank pictures', async () => {
    const grey = (size: number) => new Uint8Array(size * size * 3).fill(120);
    const almost = (size: number) => Uint8Array.from({ length: size * size * 3 }, (_, i) => 120 + (i % 9));
    const visible = (size: number) => Uint8Array.from({ length: size * size * 3 }, (_, i) => (i < 30 ? 140 : 120));
    const found = await check(project([
      ...plenty,
      { width: 31, height: 80 }, { width: 32, height: 32 }, { width: 12, height: 20 },
      { width: 600, height: 200 }, { width: 601, height: 200 }, { width: 100, height: 450 },
      { shows: grey }, { shows: almost }, { shows: visible }
    ]));
    expect(Object.keys(found)).toEqual(['tiny', 'odd_shape', 'blank']);
    expect(found['tiny']).toMatchObject({ groups: [[first], [first + 2]], count: 2, figure: 12, fix: { kind: 'exclude', pictures: [first, first + 2] } });
    expect(found['odd_shape']).toMatchObject({ groups: [[first + 4], [first + 5]], figure: 4.5 });
    expect(found['blank']).toMatchObject({ groups: [[first + 6], [first + 7]], fix: { kind: 'exclude', pictures: [first + 6, first + 7] } });
  });

  it('has nothing against small or long pictures that are all alike', async () => {
    expect(await check(project(plenty.map((picture) => ({ ...picture, width: 28, height: 100 }))))).toEqual({});
  });

  it('counts what each class has to train on', async () => {
    const found = await checkHealth(project([...Array.from({ length: 60 }, () => ({ class: 0 })), ...Array.from({ length: 19 }, () => ({ class: 1 })), { class: 1, part: 'test' as Part }]), quietContext());
    expect(found.findings).toMatchObject([
      { kind: 'few', class: 1, figure: 19, count: 19 },
      { kind: 'empty_class', class: 2, groups: [], fix: { kind: 'remove_class', class: 2 } },
      { kind: 'uneven', class: 1, figure: 60 / 19 }
    ]);
    const tested = await check(project([...plenty.slice(0, 40), { class: 2, part: 'test' }]));
    expect(Object.values(tested)).toMatchObject([{ kind: 'few', class: 2, figure: 0, groups: [], count: 0 }]);
    const even = await check(project([...Array.from({ length: 59 }, () => ({ class: 0 })), ...Array.from({ length: 20 }, () => ({ class: 1 })), { class: 2, excluded: true }]));
    // What was left out would go with the class.
    expect(Object.values(even)).toMatchObject([{ kind: 'empty_class', class: 2, fix: null }]);
  });

  it('keeps many pictures of one scene together and shows the first of them', async () => {
    const a = scene(1001);
    const found = await check(project([...plenty, ...Array.from({ length: 500 }, (_, i) => ({ shows: a, hash: `frame ${i}` }))]));
    expect(found['near_duplicates']?.groups).toHaveLength(1);
    expect(found['near_duplicates']?.groups[0]?.slice(0, 3)).toEqual([60, 61, 62]);
    expect(found['near_duplicates']).toMatchObject({ count: 500, fix: { pictures: { length: 499 } } });
    expect(found['near_duplicates']?.groups[0]).toHaveLength(200);
  });

  it('finds mirror images within a class, where left and right cannot be what it is about', async () => {
    const a = scene(1001);
    const mirrored = (size: number) => {
      const pixels = a(size);
      return pixels.map((_, i) => pixels[(Math.floor(i / 3 / size) * size + size - 1 - (Math.floor(i / 3) % size)) * 3 + (i % 3)]!);
    };
    const found = await check(project([...plenty, { shows: a, part: 'test' }, { shows: mirrored }, { shows: mirrored, hash: 'elsewhere', class: 1 }]));
    expect(Object.keys(found)).toEqual(['near_contradiction', 'near_leak']);
    expect(found['near_leak']?.groups).toEqual([[60, 61]]);
    // The two mirror images are the same way round.
    expect(found['near_contradiction']?.groups).toEqual([[61, 62]]);
  });

  it('tells how far it is and can be stopped', async () => {
    const { context, reports } = recordingContext();
    await checkHealth(project(plenty), context);
    expect(reports[reports.length - 1]).toMatchObject({ kind: 'stage', stage: 'health', done: 60, total: 60, unit: 'pictures' });
    const stopping = new JobControl();
    const many = project(Array.from({ length: 1000 }, () => ({})));
    const thumbnails: HealthInput['thumbnails'] = (...asked) => (stopping.stop(), many.thumbnails(...asked));
    await expect(checkHealth({ ...many, thumbnails }, stopping.context(() => undefined))).rejects.toThrow('Stopped.');
    expect(many.asked).toHaveLength(1);
  });
});
