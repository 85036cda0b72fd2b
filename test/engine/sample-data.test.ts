import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../electron/engine/runtime/images';
import { picture } from '../../scripts/sample/picture';
import { CLASS_NAMES, STYLE, ordersOf } from '../../scripts/sample/sample-set';
import { sampleThings } from '../../scripts/sample/things/sample';

const folder = resolve('resources/sample');
const index = JSON.parse(readFileSync(`${folder}/labels.json`, 'utf8')) as { classNames: string[]; size: number; train: number[]; test: number[]; licence: string };

function filesOf(split: 'train' | 'test'): Buffer[] {
  const pack = readFileSync(`${folder}/${split}.jpg-pack`);
  const files: Buffer[] = [];
  for (let at = 0; at < pack.length; ) {
    const length = pack.readUInt32LE(at);
    files.push(pack.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return files;
}

describe('the sample data set', () => {
  it('has ten classes, each equally often, and says its licence', () => {
    expect(index.classNames).toEqual(CLASS_NAMES);
    expect(index.licence).toBe('CC0-1.0');
    for (const [split, each] of [['train', 300], ['test', 80]] as const) {
      expect(CLASS_NAMES.map((_, label) => index[split].filter((l) => l === label).length)).toEqual(CLASS_NAMES.map(() => each));
      expect(index[split]).toEqual(ordersOf(split).map((order) => order.label));
    }
  });

  it.each(['train', 'test'] as const)('holds a whole JPEG of the right size for every label of %s', (split) => {
    const files = filesOf(split);
    expect(files.length).toBe(index[split].length);
    for (const file of files) {
      expect(file.readUInt16BE(0)).toBe(0xffd8);
      expect(file.readUInt16BE(file.length - 2)).toBe(0xffd9);
      const frame = file.indexOf(Buffer.from([0xff, 0xc0]));
      expect([file.readUInt16BE(frame + 5), file.readUInt16BE(frame + 7)]).toEqual([index.size, index.size]);
    }
  });

  it('is what the renderer draws', () => {
    const files = filesOf('test');
    ordersOf('test').slice(0, 5).forEach((order, i) => {
      const drawn = picture(order.name, sampleThings[order.thing]!, STYLE);
      const stored = decodePicture(files[i]!).pixels;
      const difference = drawn.reduce((sum, value, k) => sum + Math.abs(value - stored[k]!), 0) / drawn.length;
      // JPEG's own loss; another picture is off by 40 or more.
      expect(difference).toBeLessThan(10);
    });
  });

  it('cannot be solved by comparing pixels, yet is no noise', () => {
    // The classes are shuffled, so the first pictures speak for all.
    const small = (split: 'train' | 'test', count: number) => filesOf(split).slice(0, count).map((file) => thumbnail(decodePicture(file).pixels));
    const [train, test] = [small('train', 800), small('test', 300)];
    let hits = 0;
    test.forEach((a, i) => {
      let [best, label] = [Infinity, -1];
      train.forEach((b, j) => {
        let d = 0;
        for (let k = 0; k < a.length; k++) d += (a[k]! - b[k]!) ** 2;
        if (d < best) [best, label] = [d, index.train[j]!];
      });
      if (label === index.test[i]) hits++;
    });
    const accuracy = hits / test.length;
    expect(accuracy).toBeGreaterThan(0.12);
    expect(accuracy).toBeLessThan(0.5);
  });
});

/** 16 x 16 grey, mean taken off. */
function thumbnail(pixels: Uint8Array): Float32Array {
  const [side, step] = [16, 4];
  const out = new Float32Array(side * side);
  for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) for (let k = 0; k < 3; k++) out[Math.floor(y / step) * side + Math.floor(x / step)]! += pixels[(y * 64 + x) * 3 + k]!;
  const mean = out.reduce((sum, v) => sum + v, 0) / out.length;
  return out.map((v) => v - mean);
}
