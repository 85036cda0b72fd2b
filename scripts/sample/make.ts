/** `npm run sample`: draws the sample data set and writes resources/sample. The same files come out every time, byte for byte. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contactSheet, jpeg } from './encode';
import { createPool } from './pool';
import { CLASS_NAMES, SIZE, STYLE, ordersOf } from './sample-set';
import { sampleThings } from './things/sample';

async function main(): Promise<void> {
  const pool = createPool('sample', sampleThings, __filename);
  if (!pool) return;
  const { values } = parseArgs({ options: { out: { type: 'string' }, share: { type: 'string', default: '1' }, sheets: { type: 'string' } } });
  const out = values.out ?? join(__dirname, '../../resources/sample');
  mkdirSync(out, { recursive: true });
  const labels: Record<'train' | 'test', number[]> = { train: [], test: [] };
  const started = Date.now();
  for (const split of ['train', 'test'] as const) {
    const orders = ordersOf(split, Number(values.share));
    labels[split] = orders.map((order) => order.label);
    const pictures = await pool.render(orders, STYLE, (done) => {
      if (done % 100 === 0 || done === orders.length) console.log(`${split}: ${done} of ${orders.length}, ${Math.round((Date.now() - started) / 1000)} s`);
    });
    const files = await Promise.all(pictures.map((pixels) => jpeg(pixels, SIZE)));
    const pack = Buffer.concat(files.flatMap((file) => [lengthOf(file), file]));
    writeFileSync(join(out, `${split}.jpg-pack`), pack);
    console.log(`${split}.jpg-pack: ${(pack.length / 2 ** 20).toFixed(2)} MiB, sha256 ${createHash('sha256').update(pack).digest('hex')}`);
    if (values.sheets) {
      const rows = CLASS_NAMES.flatMap((_, label) => pictures.filter((_p, i) => labels[split][i] === label).slice(0, 20));
      writeFileSync(join(values.sheets, `${split}.png`), await contactSheet(rows, SIZE, 20));
    }
  }
  writeFileSync(join(out, 'labels.json'), `${JSON.stringify({ classNames: CLASS_NAMES, size: SIZE, ...labels, licence: 'CC0-1.0' })}\n`);
}

function lengthOf(file: Uint8Array): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32LE(file.length);
  return prefix;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
