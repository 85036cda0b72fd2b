/** Thousands of picture files: all in, exactly, and in bounded memory. */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cifarRecords, madePicture, png, SIZE } from '../app/pictures';
import { quietContext } from '../../electron/engine/context';
import { createProject } from '../../electron/engine/data/open';
import { CIFAR, hasShared } from './shared';

const PICTURE = SIZE * SIZE * 3;
const REPO = resolve(__dirname, '../..');
const root = mkdtempSync(join(tmpdir(), 'tsugiki-many-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folders(name: string, classes: number): string {
  for (let label = 0; label < classes; label++) mkdirSync(join(root, name, `class ${label}`), { recursive: true });
  return join(root, name);
}

describe('50,000 pictures', () => {
  // Inside the repository, where its packages are found.
  const program = join(REPO, 'out/test/import-child.cjs');
  beforeAll(() => void buildSync({ entryPoints: [join(__dirname, 'import-child.ts')], outfile: program, bundle: true, packages: 'external', platform: 'node', format: 'cjs', logLevel: 'error' }));

  it('become a project within 1 GB, and are trained on', () => {
    const folder = folders('fifty', 10);
    for (let i = 0; i < 5000; i++) {
      const path = (copy: number): string => join(folder, `class ${i % 10}`, `${i}-${copy}.png`);
      const pixels = madePicture(i);
      new DataView(pixels.buffer).setUint32(0, i);
      writeFileSync(path(0), png(pixels));
      for (let copy = 1; copy < 10; copy++) linkSync(path(0), path(copy));
    }
    const { stdout, stderr } = spawnSync(process.execPath, [program, folder, join(root, 'fifty-project')], { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
    const line = stdout.split('\n').find((text) => text.startsWith('{'));
    expect(line, stderr).toBeDefined();
    const told = JSON.parse(line ?? '{}') as Record<'trainCount' | 'skipped' | 'count' | 'imported' | 'loaded' | 'importMiB' | 'peakMiB', number>;
    console.info(`50,000 files: imported in ${told.imported.toFixed(1)} s with ${told.importMiB.toFixed(0)} MiB, in memory after ${told.loaded.toFixed(1)} s with ${told.peakMiB.toFixed(0)} MiB`);
    expect(told).toMatchObject({ trainCount: 50_000, skipped: 0, count: 50_000 });
    expect(told.importMiB).toBeLessThan(1024);
    expect(told.peakMiB).toBeLessThan(1024);
  });
});

describe.skipIf(!hasShared)('10,000 pictures of CIFAR-10, written out as PNG files', () => {
  it('are read back to the byte, each with its class', async () => {
    const folder = folders('cifar', 10);
    const records = cifarRecords(CIFAR);
    const rows = new Map<string, { label: number; pixels: Uint8Array }>();
    for (let i = 0; i < 10_000; i++) {
      const record = records(i);
      const file = `class ${record.label}/${i}.png`;
      rows.set(file, record);
      writeFileSync(join(folder, file), png(record.pixels));
    }
    const dataset = await createProject(join(root, 'cifar-project'), 'CIFAR', { kind: 'path', path: folder }, quietContext());
    try {
      const set = await dataset.load('train', 96, quietContext());
      expect([set.count, set.height]).toEqual([10_000, 32]);
      const wrong = dataset.view.splits.train.filter(({ file }, i) => {
        const row = rows.get(file);
        return !row || set.labels[i] !== row.label || Buffer.compare(set.pixels.subarray(i * PICTURE, (i + 1) * PICTURE), row.pixels) !== 0;
      });
      expect(wrong).toEqual([]);
    } finally {
      dataset.close();
    }
  });
});
