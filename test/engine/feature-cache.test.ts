import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import type { ImageSet } from '../../electron/engine/data/dataset';
import { defaultLimits, FeatureCache, type Shelf } from '../../electron/engine/data/feature-cache';
import { pictureHashes } from '../../electron/engine/data/picture-hashes';
import { Random } from '../../electron/engine/model/random';
import { temporaryFolder } from './fixtures';

const MIB = 2 ** 20;
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
const pictures = (count: number, name = 'picture'): string[] => Array.from({ length: count }, (_, i) => sha1(`${name} ${i}`));
/** Any bits at all, those that are no numbers included: what comes back is compared as bits. */
const anyRows = (count: number, rowSize: number, seed = 1): Float32Array => {
  const random = new Random(seed);
  return new Float32Array(Int32Array.from({ length: count * rowSize }, () => (random.next() * 2 ** 32) | 0).buffer);
};
const bits = (rows: Float32Array): Buffer => Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);

/** A row of 1 MiB: 32 of them fill a chunk. */
const LONG = MIB / 4;
const key = sha1('key');

function rowsOf(shelf: Shelf, hashes: readonly string[]): Float32Array {
  const rows = new Float32Array(hashes.length * shelf.rowSize);
  hashes.forEach((hash, i) => expect(shelf.read(hash, rows, i * shelf.rowSize), `row ${i}`).toBe(true));
  return rows;
}

async function keep(cache: FeatureCache, name: string, hashes: readonly string[], rows: Float32Array): Promise<boolean> {
  const shelf = cache.open(name, rows.length / hashes.length);
  const kept = [await shelf.add(hashes, rows), await shelf.flush()].every(Boolean);
  shelf.close();
  return kept;
}

const { breathe } = quietContext();

describe('a shelf', () => {
  it('gives back from memory and, in a new cache, from disk what was put in, bit for bit', async () => {
    const folder = temporaryFolder();
    const [hashes, rows] = [pictures(100), anyRows(100, 7)];
    const cache = new FeatureCache({ memory: MIB, disk: MIB, folder });
    expect(await keep(cache, key, hashes, rows)).toBe(true);
    expect(bits(rowsOf(cache.open(key, 7), hashes))).toEqual(bits(rows));

    for (const memory of [0, MIB]) {
      const later = new FeatureCache({ memory, disk: MIB, folder });
      const shelf = later.open(key, 7);
      await shelf.load(breathe);
      expect(later.memory).toBe(memory > 0 ? rows.byteLength : 0);
      expect(bits(rowsOf(shelf, [...hashes].reverse()).subarray(99 * 7))).toEqual(bits(rows.subarray(0, 7)));
      expect(bits(rowsOf(shelf, hashes))).toEqual(bits(rows));
    }
  });

  it('is found by another process', async () => {
    const folder = temporaryFolder();
    const [hashes, rows] = [pictures(10), anyRows(10, 5)];
    await keep(new FeatureCache({ memory: MIB, disk: MIB, folder }), key, hashes, rows);
    const program = join(folder, '..', `${key}.cjs`);
    const script = `
      import { FeatureCache } from './electron/engine/data/feature-cache';
      const shelf = new FeatureCache({ memory: 0, disk: ${MIB}, folder: ${JSON.stringify(folder)} }).open('${key}', 5);
      const rows = new Float32Array(50);
      const found = ${JSON.stringify(hashes)}.every((hash, i) => shelf.read(hash, rows, i * 5));
      process.stdout.write(found + ' ' + Buffer.from(rows.buffer).toString('hex'));`;
    const { outputFiles } = buildSync({ stdin: { contents: script, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, platform: 'node', write: false, outfile: program });
    expect(execFileSync(process.execPath, ['-e', outputFiles[0]?.text ?? '']).toString()).toBe(`true ${bits(rows).toString('hex')}`);
  });

  it('grows', async () => {
    const folder = temporaryFolder();
    const cache = new FeatureCache({ memory: MIB, disk: MIB, folder });
    const [hashes, rows] = [pictures(20), anyRows(20, 3)];
    await keep(cache, key, hashes.slice(0, 8), rows.subarray(0, 24));
    await keep(cache, key, hashes.slice(8), rows.subarray(24));
    expect(bits(rowsOf(cache.open(key, 3), hashes))).toEqual(bits(rows));
    expect(bits(rowsOf(new FeatureCache({ memory: 0, disk: MIB, folder }).open(key, 3), hashes))).toEqual(bits(rows));
  });

  it('that two caches write at once has the rows of both', async () => {
    const folder = temporaryFolder();
    const [hashes, rows] = [pictures(30), anyRows(30, 4)];
    const limits = { memory: MIB, disk: MIB, folder };
    await Promise.all([keep(new FeatureCache(limits), key, hashes.slice(0, 20), rows.subarray(0, 80)), keep(new FeatureCache(limits), key, hashes.slice(10), rows.subarray(40))]);
    const shelf = new FeatureCache(limits).open(key, 4);
    await shelf.load(breathe);
    expect(bits(rowsOf(shelf, hashes))).toEqual(bits(rows));
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

describe('budgets', () => {
  it('what exceeds the memory lies on disk alone, and reads the same', async () => {
    const cache = new FeatureCache({ memory: 40 * MIB, disk: 200 * MIB, folder: temporaryFolder() });
    const [hashes, rows] = [pictures(80), anyRows(80, LONG)];
    const shelf = cache.open(key, LONG);
    for (let i = 0; i < 80; i += 16) {
      expect(await shelf.add(hashes.slice(i, i + 16), rows.subarray(i * LONG, (i + 16) * LONG))).toBe(true);
      // The chunk being filled comes on top.
      expect(cache.memory).toBeLessThanOrEqual(72 * MIB);
    }
    await shelf.flush();
    expect(cache.memory).toBe(32 * MIB);
    expect(bits(rowsOf(shelf, hashes)).equals(bits(rows))).toBe(true);
  });

  it('the shelf unused for longest leaves memory first, and is read again from disk', async () => {
    const cache = new FeatureCache({ memory: 25 * MIB, disk: 200 * MIB, folder: temporaryFolder() });
    const [a, b, c] = [sha1('a'), sha1('b'), sha1('c')];
    const [hashes, rows] = [pictures(10), anyRows(10, LONG)];
    await keep(cache, a, hashes, rows);
    await keep(cache, b, hashes, rows);
    cache.open(a, LONG).close();
    await keep(cache, c, hashes, rows);
    expect(cache.memory).toBe(20 * MIB);
    // a and c are in memory: their files may be damaged, b's may not.
    for (const path of filesOf(cache, a)) truncateSync(path, 100);
    const shelf = cache.open(a, LONG);
    expect(bits(rowsOf(shelf, hashes)).equals(bits(rows))).toBe(true);
    shelf.close();
    for (const path of filesOf(cache, b)) truncateSync(path, 100);
    expect(cache.open(b, LONG).has(hashes[0] as string)).toBe(false);
  });

  it('the shelf unused for longest leaves the disk first; one in use stays in both', async () => {
    const folder = temporaryFolder();
    const cache = new FeatureCache({ memory: 0, disk: 25 * MIB, folder });
    const [a, b, c] = [sha1('a'), sha1('b'), sha1('c')];
    const [hashes, rows] = [pictures(10), anyRows(10, LONG)];
    await keep(cache, a, hashes, rows);
    await keep(cache, b, hashes, rows);
    for (const [name, hour] of [[a, 1], [b, 2]] as const) for (const path of filesOf(cache, name)) utimesSync(path, hour * 3600, hour * 3600);
    const inUse = cache.open(a, LONG);
    await keep(cache, c, hashes, rows);
    expect(cache.keys()).toContain(c);
    expect(filesOf(cache, b)).toEqual([]);
    expect(bits(rowsOf(inUse, hashes)).equals(bits(rows))).toBe(true);
    expect(sizeOf(folder)).toBeLessThanOrEqual(25 * MIB);
  });

  it('nothing is kept where there is no room, and nothing is given up for what would not fit anyway', async () => {
    const folder = temporaryFolder();
    const cache = new FeatureCache({ memory: MIB, disk: 12 * MIB, folder });
    const [hashes, rows] = [pictures(20), anyRows(20, LONG)];
    expect(await keep(cache, sha1('a'), hashes.slice(0, 10), rows.subarray(0, 10 * LONG))).toBe(true);
    expect(await keep(cache, sha1('b'), hashes, rows)).toBe(false);
    expect(filesOf(cache, sha1('a'))).toHaveLength(1);
    expect(cache.open(sha1('b'), LONG).has(hashes[0] as string)).toBe(false);
  });

  it('come from the environment in MiB, and a word that is no number is refused by name', () => {
    const folder = temporaryFolder();
    expect(defaultLimits(folder, { TSUGIKI_FEATURE_MEMORY: '3', TSUGIKI_FEATURE_DISK: '0' })).toEqual({ memory: 3 * MIB, disk: 0, folder });
    expect(() => defaultLimits(folder, { TSUGIKI_FEATURE_DISK: 'lots' })).toThrow(/TSUGIKI_FEATURE_DISK is "lots"/);
    const { memory, disk } = defaultLimits(folder, {});
    expect(memory).toBeGreaterThanOrEqual(1024 * MIB);
    expect(memory).toBeLessThanOrEqual(8 * 1024 * MIB);
    expect(disk).toBeLessThanOrEqual(16 * 1024 * MIB);
  });

  it('a disk budget of 0 leaves the folder alone, whatever lies in it', async () => {
    const folder = temporaryFolder();
    const [hashes, rows] = [pictures(4), anyRows(4, 3)];
    await keep(new FeatureCache({ memory: MIB, disk: MIB, folder }), key, hashes, rows);
    const before = readdirSync(folder);
    const off = new FeatureCache({ memory: MIB, disk: 0, folder });
    expect(off.open(key, 3).has(hashes[0] as string)).toBe(false);
    expect(await keep(off, sha1('other'), hashes, rows)).toBe(true);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('damage', () => {
  const [hashes, rows] = [pictures(50), anyRows(50, 9)];
  const damages: Record<string, (path: string) => void> = {
    'a file cut short': (path) => truncateSync(path, statSync(path).size - 1),
    'an empty file': (path) => truncateSync(path, 0),
    'a file of something else': (path) => writeFileSync(path, 'not features at all'.repeat(1000)),
    'another version': (path) => writeFileSync(path, readFileSync(path, 'latin1').replace('"version":1', '"version":9'), 'latin1'),
    'one bit of a row': (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] as number) ^ 1;
      writeFileSync(path, bytes);
    },
    'rows that never reached the disk': (path) => {
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0, bytes.length - rows.byteLength));
    }
  };

  for (const [name, damage] of Object.entries(damages)) {
    for (const memory of [0, MIB]) {
      it(`${name} is dropped, ${memory ? 'with' : 'without'} memory, and the rows can be kept again`, async () => {
        const folder = temporaryFolder();
        const limits = { memory, disk: MIB, folder };
        const first = new FeatureCache(limits);
        await keep(first, key, hashes, rows);
        const [path] = filesOf(first, key) as [string];
        damage(path);

        const cache = new FeatureCache(limits);
        const shelf = cache.open(key, 9);
        await shelf.load(breathe);
        const into = new Float32Array(9);
        const found = hashes.filter((hash, i) => shelf.read(hash, into, 0) && bits(into).equals(bits(rows.subarray(i * 9, i * 9 + 9)))).length;
        const believed = hashes.filter((hash) => shelf.has(hash)).length;
        expect(believed).toBe(0);
        // Without memory rows are checked one by one as they are read.
        expect(found).toBe(name === 'one bit of a row' && memory === 0 ? 49 : 0);
        expect(filesOf(cache, key)).toEqual([]);
        shelf.close();

        await keep(cache, key, hashes, rows);
        expect(bits(rowsOf(new FeatureCache(limits).open(key, 9), hashes))).toEqual(bits(rows));
      });
    }
  }

  it('a folder that cannot be written is no error', async () => {
    const folder = join(temporaryFolder(), 'a-file');
    writeFileSync(folder, '');
    expect(await keep(new FeatureCache({ memory: MIB, disk: MIB, folder }), key, hashes, rows)).toBe(true);
    expect(await keep(new FeatureCache({ memory: 0, disk: MIB, folder }), key, hashes, rows)).toBe(false);
  });

  it('strangers in the folder are let be, even where room is short; drafts of a process that died are not', async () => {
    const folder = temporaryFolder();
    const draft = `${sha1('dead')}.0123456789ab.features.tmp`;
    mkdirSync(join(folder, 'a-folder'));
    for (const name of ['notes.txt', draft]) {
      writeFileSync(join(folder, name), Buffer.alloc(MIB));
      utimesSync(join(folder, name), 3600, 3600);
    }
    const cache = new FeatureCache({ memory: 0, disk: MIB, folder });
    expect(await keep(cache, key, hashes, rows)).toBe(true);
    expect(bits(rowsOf(cache.open(key, 9), hashes))).toEqual(bits(rows));
    expect(readdirSync(folder).filter((name) => !name.startsWith(key)).sort()).toEqual(['a-folder', 'notes.txt']);
  });
});

describe('hashes of pictures', () => {
  const pixels = new Uint8Array(4 * 12).map((_, i) => i % 12);
  pixels[13] = 200;
  const set: ImageSet = { count: 4, height: 2, width: 2, pixels, labels: new Int32Array(4) };

  it('are the SHA-1 of the pixels: the same for the same picture, wherever it lies', () => {
    const hashes = pictureHashes(set);
    expect(hashes[0]).toBe(createHash('sha1').update(Uint8Array.from({ length: 12 }, (_, i) => i)).digest('hex'));
    expect(hashes[1]).not.toBe(hashes[0]);
    expect(hashes[2]).toBe(hashes[0]);
    expect(pictureHashes({ ...set, count: 2, pixels: pixels.subarray(12, 36) })).toEqual(hashes.slice(1, 3));
  });
});

const filesOf = (cache: FeatureCache, name: string): string[] =>
  readdirSync(cache.limits.folder).filter((file) => file.startsWith(name)).map((file) => cache.path(file));

const sizeOf = (folder: string): number => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
