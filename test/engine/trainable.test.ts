/** What trains is what was chosen, whatever set of layers that is; everything else stays as it was, to the bit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { cutBelow } from '../../electron/engine/graph/cut';
import { train } from '../../electron/engine/jobs/train';
import { attachHead } from '../../electron/engine/model/head';
import type { Weights } from '../../electron/engine/model/layers';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { trainableLayers } from '../../electron/engine/model/trainable';
import { discs } from './export-fixture';
import { datasetOf } from './dataset-fixture';

const directory = mkdtempSync(join(tmpdir(), 'tsugiki-trainable-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const network = attachHead(mobileNetV2({ alpha: 0.35, inputSize: 32 }), [{ units: 128, activation: 'relu' }], 4);
const HEAD = ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'];

const cases = [
  { name: 'nothing of the base', phase: {}, changed: [], cut: ['global_average_pooling2d'] },
  { name: 'one convolution in the middle', phase: { trainable: ['block_10_expand'] }, changed: ['block_10_expand/kernel'], cut: ['block_9_add'] },
  {
    // The cut lies inside a block: what goes round it crosses too.
    name: 'a batch norm and a convolution, far apart', phase: { trainable: ['block_2_depthwise_BN', 'Conv_1'] },
    changed: ['block_2_depthwise_BN/gamma', 'block_2_depthwise_BN/beta', 'block_2_depthwise_BN/moving_mean', 'block_2_depthwise_BN/moving_variance', 'Conv_1/kernel'],
    cut: ['block_1_project_BN', 'block_2_depthwise']
  },
  { name: 'a line with batch norm kept frozen', phase: { trainableFrom: 'block_16_project', keepBatchNormFrozen: true }, changed: ['block_16_project/kernel', 'Conv_1/kernel'], cut: ['block_16_depthwise_relu'] },
  { name: 'the very first layer', phase: { trainable: ['Conv1'] }, changed: ['Conv1/kernel'], cut: ['input_layer'] }
];

describe('trainable', () => {
  test.each(cases)('$name', async ({ name, phase, changed, cut }) => {
    const [one] = v.parse(RecipeSchema, { phases: [{ name: 'one', epochs: 1, maxSteps: 2, optimizer: { name: 'adam', learningRate: 0.01 }, ...phase }] }).phases;
    /** The weights after so many epochs, from those of the built-in backbone. */
    const after = async (epochs: number): Promise<Weights> => {
      const recipe = v.parse(RecipeSchema, { alpha: 0.35, batchSize: 16, limit: 60, phases: [{ ...one, epochs }] });
      const { model } = await train({ recipe, weights: 'auto', dataset: datasetOf(discs(60, 32)), directory: join(directory, `${name} ${epochs}`), runId: name, resume: false }, quietContext());
      return model!.weights;
    };
    const [before, trained] = [await after(0), await after(1)];
    const differing = [...trained].filter(([key, values]) => values.some((value, i) => value !== before.get(key)![i])).map(([key]) => key);
    expect(differing.sort()).toEqual([...changed, ...HEAD].sort());
    expect(cutBelow(network, trainableLayers(network, one!)).crossing.map((layer) => layer.name)).toEqual(cut);
  });
});
