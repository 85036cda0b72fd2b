/** How our own cost grows: with the number of pictures, with their size, and with the place of the freeze line. JSON, and charts in docs/images. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from '../setup/places.mjs';
import { say } from '../setup/terminal.mjs';
import { chart } from './chart.mjs';
import { needData } from './kit.mjs';
import { between } from './report.mjs';
import { median } from './statistics.mjs';

const BLOCKS = ['Conv_1', ...Array.from({ length: 16 }, (_, i) => `block_${16 - i}_expand`), 'expanded_conv_depthwise', 'all'];

const phase = (trainableFrom, epochs) => ({ name: 'phase', trainableFrom, epochs, optimizer: { name: 'adam', learningRate: trainableFrom === null ? 1e-3 : 1e-5 } });
const recipe = (limit, inputSize, phases) => ({ inputSize, limit, validationSplit: 0.2, batchSize: 64, phases });

/** Seconds of caching and compiling, and of an epoch once it is warm. */
const costOf = ({ phase: { total_seconds: total, epoch_seconds: epochs } }) => ({
  before: total - epochs.reduce((sum, seconds) => sum + seconds, 0),
  epoch: median(epochs.length > 1 ? epochs.slice(1) : epochs)
});

async function byPictures(kit) {
  const counts = kit.quick ? [500, 1000] : [5000, 10000, 25000, 50000];
  const points = [];
  for (const count of counts) {
    const frozen = (await kit.ourRun(recipe(count, 32, [phase(null, 10)]))).phase.total_seconds;
    const fineTune = costOf(await kit.ourRun(recipe(count, 32, [phase('all', 1)]))).epoch;
    say(`  ${count} pictures: frozen phase ${frozen.toFixed(1)} s, fine-tune epoch ${fineTune.toFixed(1)} s`);
    points.push({ count, frozen, fineTune });
  }
  return points;
}

async function bySize(kit) {
  const sizes = kit.quick ? [32, 64] : [32, 64, 96, 128, 160, 192, 224];
  const points = [];
  const pictures = kit.amount(640, 160);
  for (const size of sizes) {
    // Milliseconds of one more picture: what compiling takes is in both runs.
    const each = (seconds) => (seconds * 1000) / pictures;
    const caching = async (count) => costOf(await kit.ourRun(recipe(count, size, [phase(null, 1)]))).before;
    const frozen = each((await caching(2 * pictures)) - (await caching(pictures)));
    const fineTune = each(costOf(await kit.ourRun(recipe(pictures, size, [phase('all', 2)]))).epoch);
    say(`  ${size}x${size}: caching ${frozen.toFixed(2)} ms a picture, fine-tuning ${fineTune.toFixed(2)} ms a picture and epoch`);
    points.push({ size, frozen, fineTune });
  }
  return points;
}

async function byFreezeLine(kit) {
  const lines = [null, ...(kit.quick ? ['block_13_expand', 'all'] : BLOCKS)];
  const points = [];
  const pictures = kit.amount(3200, 320);
  for (const line of lines) {
    const { before, epoch } = costOf(await kit.ourRun(recipe(pictures, 32, [phase(line, 4)])));
    say(`  from ${line ?? 'the head'}: caching and compiling ${before.toFixed(2)} s, epoch ${epoch.toFixed(2)} s`);
    points.push({ line: line ?? 'head', before, epoch });
  }
  return { pictures, points };
}

/** @param {import('./kit.mjs').Kit} kit */
export async function scaling(kit) {
  needData();
  say('scaling: number of pictures');
  const pictures = await byPictures(kit);
  say('scaling: size of the pictures');
  const sizes = await bySize(kit);
  say('scaling: place of the freeze line');
  const lines = await byFreezeLine(kit);

  mkdirSync(inRoot('out/bench'), { recursive: true });
  writeFileSync(inRoot('out/bench/scaling.json'), JSON.stringify({ quick: kit.quick, pictures, sizes, lines }, null, 1));
  const charts = {
    'cost-pictures': {
      title: 'Cost by number of pictures, 32x32', x: { label: 'pictures, four fifths of them to train on' }, y: { label: 'seconds' },
      series: [
        { name: 'frozen phase, 10 epochs', points: pictures.map(({ count, frozen }) => [count, frozen]) },
        { name: 'one fine-tune epoch, whole network', points: pictures.map(({ count, fineTune }) => [count, fineTune]) }
      ]
    },
    'cost-size': {
      title: 'Cost by size of the pictures', x: { label: 'height and width, pixels' }, y: { label: 'milliseconds a picture' },
      series: [
        { name: 'caching, once', points: sizes.map(({ size, frozen }) => [size, frozen]) },
        { name: 'fine-tuning, each epoch', points: sizes.map(({ size, fineTune }) => [size, fineTune]) }
      ]
    },
    'cost-freeze-line': {
      title: `Cost by place of the freeze line, ${lines.pictures.toLocaleString('en-US')} pictures, 32x32`, y: { label: 'seconds' },
      x: { label: 'first block that learns', names: lines.points.map(({ line }) => line.replace(/_(expand|depthwise)$/, '')) },
      series: [
        { name: 'caching and compiling, once', points: lines.points.map(({ before }, i) => [i, before]) },
        { name: 'each epoch', points: lines.points.map(({ epoch }, i) => [i, epoch]) }
      ]
    }
  };
  const folder = kit.quick ? 'out/bench' : 'docs/images';
  for (const [name, drawing] of Object.entries(charts)) writeFileSync(inRoot(folder, `${name}.svg`), chart(drawing));
  say(`Charts are in ${folder}, figures in out/bench/scaling.json.`);
  if (kit.quick) return;
  const page = inRoot('docs/performance.md');
  const images = Object.entries(charts).map(([name, { title }]) => `![${title}](images/${name}.svg)`);
  writeFileSync(page, between(readFileSync(page, 'utf8'), images.join('\n\n'), 'scaling'));
}
