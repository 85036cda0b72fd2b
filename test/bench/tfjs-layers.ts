/**
 * What another TypeScript app would do: the same network as a tfjs-layers model, trained by its own `fit`, on the same native TensorFlow.
 * The model is what we export for TensorFlow.js, read back.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietContext } from '../../electron/engine/context';
import { tfjs } from '../../electron/engine/export/tfjs';
import { trainableLayers } from '../../electron/engine/model/trainable';
import { tf } from '../../electron/engine/runtime/tensorflow';
import { freshModel, openData, pictures, readTask, type Task } from './task';
import { clock, EpochTurns, takeTurns, wait } from './turns';

/** The model with a fresh head, compiled for the recipe's phase. */
async function compiled(task: Task): Promise<tf.LayersModel> {
  const [phase] = task.recipe.phases;
  if (!phase) throw new Error('The recipe has no phase.');
  const data = await openData(task);
  const exported = await freshModel(task, data);
  const directory = mkdtempSync(join(tmpdir(), 'tsugiki-bench-'));
  try {
    await tfjs.write({ model: exported, precision: 'float32' }, directory, { pictures: await pictures(task, data), context: quietContext() });
    const model = await tf.loadLayersModel(tf.io.fileSystem(join(directory, 'model.json')));
    const learns = trainableLayers(exported.network, phase);
    for (const layer of model.layers) layer.trainable = learns.has(layer.name);
    model.compile({ optimizer: tf.train.adam(phase.optimizer.learningRate, 0.9, 0.999, 1e-7), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    return model;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const task = readTask();
  const { batchSize, validationSplit, phases } = task.recipe;
  const { pixels, labels, count, height } = await pictures(task, await openData(task));
  const x = tf.tensor4d(Float32Array.from(pixels), [count, height, height, 3]);
  const y = tf.tensor1d(Float32Array.from(labels));
  const fit = (model: tf.LayersModel, epochs: number, callbacks: tf.CustomCallbackArgs = {}) =>
    model.fit(x, y, { epochs, batchSize, validationSplit, verbose: 0, callbacks });

  if (task.task === 'phase') {
    return takeTurns(async () => {
      const model = await compiled(task);
      const seconds = await clock(() => fit(model, phases[0]?.epochs ?? 0));
      model.dispose();
      return seconds;
    });
  }
  const turns = new EpochTurns();
  let began = 0;
  await fit(await compiled(task), Infinity, {
    onEpochBegin: async (epoch) => {
      if (epoch > 0) await wait();
      began = performance.now();
    },
    onEpochEnd: async () => turns.ended((performance.now() - began) / 1000)
  });
}

void main();
