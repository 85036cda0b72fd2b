import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { NetworkInfoSchema } from '../../electron/contract';
import { describeNetwork } from '../../electron/engine/model/describe';
import { attachHead } from '../../electron/engine/model/head';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { trainableLayers } from '../../electron/engine/model/trainable';

const network = attachHead(mobileNetV2({ alpha: 1, inputSize: 224 }), [], 1000);

describe('describeNetwork', () => {
  const info = describeNetwork(network, 'imagenet');
  const layers = info.blocks.flatMap((block) => block.layers);

  it('groups every layer into its block, in order', () => {
    expect(v.parse(NetworkInfoSchema, info)).toEqual(info);
    const inverted = ['expanded_conv', ...Array.from({ length: 16 }, (_, i) => `block_${i + 1}`)];
    expect(info.blocks.map((block) => block.name)).toEqual(['stem', ...inverted, 'top', 'head']);
    expect(layers.map((layer) => layer.name)).toEqual(network.layers.map((layer) => layer.name));
    expect(info).toMatchObject({ alpha: 1, inputSize: 224, classes: 1000, weights: 'imagenet' });
    expect(info.blocks.filter((block) => block.part === 'head').map((block) => block.name)).toEqual(['head']);
  });

  it('counts what the paper counts: 3.4 million weights and 300 million multiply-adds at 224', () => {
    const sum = (of: (layer: (typeof layers)[number]) => number) => layers.reduce((total, layer) => total + of(layer), 0);
    expect(sum((layer) => layer.parameters)).toBe(2257984 + 1281 * 1000);
    expect(sum((layer) => layer.parameters - layer.trainableParameters)).toBe(34112);
    const heavy = sum((layer) => (['Conv2D', 'DepthwiseConv2D', 'Dense'].includes(layer.type) ? layer.multiplyAdds : 0));
    expect(heavy).toBe(300774272);
  });
});

describe('trainableLayers', () => {
  const tail = (trainableFrom: string | null, keepBatchNormFrozen = false) => trainableLayers(network, { trainableFrom, keepBatchNormFrozen });

  it('leaves only the head of a frozen base', () => {
    expect([...tail(null)]).toEqual(['dense']);
  });

  it('takes the whole base, or a layer and all after it', () => {
    expect(tail('all').size).toBe(105);
    expect([...tail('block_16_project')]).toEqual(['block_16_project', 'block_16_project_BN', 'Conv_1', 'Conv_1_bn', 'dense']);
    expect([...tail('block_16_depthwise_relu')]).toEqual([...tail('block_16_project')]);
  });

  it('keeps batch norms frozen on demand', () => {
    expect([...tail('block_16_project', true)]).toEqual(['block_16_project', 'Conv_1', 'dense']);
  });

  it('takes single layers instead', () => {
    expect([...trainableLayers(network, { trainableFrom: 'all', trainable: ['Conv_1', 'Conv1'], keepBatchNormFrozen: false })]).toEqual(['Conv1', 'Conv_1', 'dense']);
  });

  it('names the nearest layer when there is none of that name', () => {
    expect(() => tail('block_13_expnd')).toThrow(/trainableFrom names the layer "block_13_expnd".* Did you mean "block_13_expand"\?/);
    expect(() => trainableLayers(network, { trainableFrom: null, trainable: ['conv1'], keepBatchNormFrozen: false })).toThrow(/Did you mean "Conv1"/);
  });
});
