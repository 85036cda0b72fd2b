/**
 * The Node program of an export as one side of an interleaved measurement: exported.cjs FOLDER PICTURE CALLS.
 * A turn: from a picture's file to its probabilities, the median of the calls.
 */
import '../../electron/engine/runtime/node-shim';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { medianOf, takeTurns } from './turns';

type Pixels = Float32Array;
interface Model {
  load(folder: string, size: number): Promise<(pixels: Pixels) => Promise<Float32Array> | Float32Array>;
}
interface Pictures {
  pixelsOf(bytes: Uint8Array, size: number): Promise<Pixels> | Pixels;
}

async function main(): Promise<void> {
  const [folder = '', picture = '', calls] = process.argv.slice(2);
  const part = (name: string): Promise<unknown> => import(pathToFileURL(join(folder, 'node', name)).href);
  const [{ load }, { pixelsOf }] = (await Promise.all([part('model.mjs'), part('pictures.mjs')])) as [Model, Pictures];
  const { imageSize } = JSON.parse(readFileSync(join(folder, 'tsugiki.json'), 'utf8')) as { imageSize: number };
  const ask = await load(folder, imageSize);
  await takeTurns(() => medianOf(Number(calls), async () => ask(await pixelsOf(readFileSync(picture), imageSize))));
}

void main();
