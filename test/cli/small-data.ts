/** A small data set in CIFAR-10's format, the recipes that are quick on it, and a picture: a folder to stand in. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { bmp, plain } from '../engine/fixtures';

export const PICTURES = 64;

/** Rows of one label byte and 3 x 1024 bytes; each class is one brightness. */
export function batch(count: number): Uint8Array {
  const rows = Array.from({ length: count }, (_, i) => {
    const row = new Uint8Array(3073).fill((i % 10) * 25);
    row[0] = i % 10;
    return row;
  });
  return Buffer.concat(rows);
}

export function smallFolder(): { directory: string; recipe: (name: string, value: object) => void } {
  const directory = mkdtempSync(join(tmpdir(), 'tsugiki cli '));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const recipe = (name: string, value: object) => writeFileSync(join(directory, name), JSON.stringify({ alpha: 0.35, batchSize: 16, head: [{ units: 8 }], ...value }));
  for (const data of ['data', 'no test']) mkdirSync(join(directory, data));
  for (const data of ['data', 'no test']) writeFileSync(join(directory, data, 'data_batch_1.bin'), batch(PICTURES));
  writeFileSync(join(directory, 'data', 'test_batch.bin'), batch(20));
  writeFileSync(join(directory, 'grey.bmp'), bmp(plain(2, 2, 128, 128, 128)));
  return { directory, recipe };
}
