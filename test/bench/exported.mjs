/** The Node program of an export, timed: exported.mjs FOLDER PICTURE CALLS. From a picture's file to its probabilities, the median. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';

// They left Node in 23; tfjs-node still calls them.
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;

const [folder, picture, calls] = process.argv.slice(2);
const WARM_UP = 3;
const here = (name) => import(pathToFileURL(join(folder, 'node', name)).href);
const [{ load }, { pixelsOf }, { default: tf }] = [await here('model.mjs'), await here('pictures.mjs'), await import('@tensorflow/tfjs-node')];
const { imageSize } = JSON.parse(readFileSync(join(folder, 'tsugiki.json'), 'utf8'));
const ask = await load(folder);
const seconds = [];
for (let i = 0; i < WARM_UP + Number(calls); i++) {
  const began = performance.now();
  tf.tidy(() => ask(pixelsOf(readFileSync(picture), imageSize).expandDims()).dataSync());
  seconds.push((performance.now() - began) / 1000);
}
const sorted = seconds.slice(WARM_UP).sort((a, b) => a - b);
console.log(JSON.stringify({ answer: sorted[Math.floor(sorted.length / 2)] }));
