/** The freeze line and single layers: what they make of a phase, and the figures shown for it. */
import { describe, expect, it } from 'vitest';
import { tutorialRecipe, type Phase } from '../../electron/contract';
import { describeNetwork } from '../../electron/engine/model/describe';
import { attachHead } from '../../electron/engine/model/head';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { trainableLayers as engineLayers } from '../../electron/engine/model/trainable';
import keras from '../fixtures/keras-trainable.json';
import { baseLayers, blockState, computingShares, countWeights, learningRuns, linePosition, lineStops, stopsWithin, trainableLayers, withLayers, withLine } from '../../renderer/lib/trainable';

const graph = attachHead(mobileNetV2({ alpha: 1, inputSize: 32 }), [{ units: 128, activation: 'relu' }], 10);
const network = describeNetwork(graph, 'imagenet');
const [frozen, fineTune] = tutorialRecipe().phases as [Phase, Phase];

describe('counts', () => {
  it('are Keras’ own wherever the line stands, and for single layers', () => {
    for (const { alpha, trainableFrom, trainable, keepBatchNormFrozen, trainableWeights, frozenWeights } of keras.cases) {
      const own = describeNetwork(attachHead(mobileNetV2({ alpha, inputSize: 32 }), [{ units: 128, activation: 'relu' }], 10), 'imagenet');
      const phase: Phase = { ...frozen, trainableFrom, keepBatchNormFrozen, ...(trainable && { trainable }) };
      expect(countWeights(own, phase), `alpha ${alpha}, ${trainable?.join() ?? trainableFrom}`).toMatchObject({ trainable: trainableWeights, frozen: frozenWeights });
    }
  });

  it('leave the moving statistics frozen when everything trains', () => {
    const { trainable, frozen: rest, saved } = countWeights(network, fineTune);
    expect(rest).toBe(34_112);
    expect(trainable + rest).toBe(165_258 + 2_257_984);
    expect(saved).toBe(0);
  });

  it('save nearly all computing below a frozen base, and less the further the line goes left', () => {
    const shares = [frozen, withLine(fineTune, 'block_13_expand'), withLine(fineTune, 'block_6_expand')].map((phase) => countWeights(network, phase).saved);
    expect(shares[0]).toBeGreaterThan(0.95);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(shares[2]).toBeGreaterThan(0);
  });
});

describe('layers that train', () => {
  it('are those the engine trains', () => {
    const phases: Phase[] = [
      frozen, fineTune, withLine(fineTune, 'block_13_expand'), { ...fineTune, keepBatchNormFrozen: true }, { ...frozen, trainable: ['Conv1', 'block_5_project'] }
    ];
    for (const phase of phases) expect([...trainableLayers(network, phase)].sort()).toEqual([...engineLayers(graph, phase)].sort());
  });

  it('become a list when switched one by one, and a line again when they are one', () => {
    const list = withLayers(network, frozen, ['block_5_project'], true);
    expect(list).toMatchObject({ trainableFrom: null, trainable: ['block_5_project'] });
    expect(withLayers(network, list, ['block_5_project'], false)).toEqual(frozen);

    const tail = baseLayers(network).slice(baseLayers(network).findIndex((layer) => layer.name === 'block_16_project')).map((layer) => layer.name);
    expect(withLayers(network, frozen, tail, true)).toEqual({ ...frozen, trainableFrom: 'block_16_project' });
    expect(withLayers(network, frozen, baseLayers(network).map((layer) => layer.name), true)).toEqual({ ...frozen, trainableFrom: 'all' });
  });

  it('keep their choice while batch norms are kept frozen', () => {
    const phase = withLayers(network, { ...withLine(fineTune, 'block_13_expand'), keepBatchNormFrozen: true }, ['block_13_expand'], false);
    expect(phase.trainable ?? []).not.toContain('block_13_expand');
    expect({ ...phase, keepBatchNormFrozen: false }).toMatchObject({ trainableFrom: 'block_13_expand_BN' });
  });
});

describe('the freeze line', () => {
  it('stops before each block at the layer the engine would name', () => {
    const stops = lineStops(network);
    expect(stops).toHaveLength(20);
    expect(stops[0]).toBe('all');
    expect(stops[14]).toBe('block_13_expand');
    expect(stops.at(-1)).toBeNull();
  });

  it('stands where it was put', () => {
    for (const [index, stop] of lineStops(network).entries()) expect(linePosition(network, withLine(frozen, stop))).toBe(index);
    expect(linePosition(network, withLine(frozen, 'block_13_project'))).toBeGreaterThan(14);
    expect(linePosition(network, withLine(frozen, 'block_13_project'))).toBeLessThan(15);
  });

  it('divides blocks into frozen, learning and partly', () => {
    const learning = trainableLayers(network, withLine(frozen, 'block_13_project'));
    const state = (name: string) => blockState(network.blocks.find((block) => block.name === name)!, learning);
    expect([state('block_12'), state('block_13'), state('block_14'), state('head')]).toEqual(['frozen', 'partly', 'learning', 'learning']);
  });

  it('stands between the layers of the block that is opened, too', () => {
    const inside = stopsWithin(network, 'block_13').filter(({ position }) => position >= 14 && position < 15);
    expect(inside.map(({ from }) => from)).toEqual(['block_13_expand', 'block_13_expand_BN', 'block_13_depthwise', 'block_13_depthwise_BN', 'block_13_project', 'block_13_project_BN']);
    for (const { from, position } of stopsWithin(network, 'block_13')) expect(linePosition(network, withLine(frozen, from))).toBe(position);
    expect(stopsWithin(network, 'head')).toHaveLength(20);
  });
});

describe('the drawing', () => {
  const block = (name: string) => network.blocks.find((one) => one.name === name)!;

  it('shows which of a block’s layers learn, also where they are no line', () => {
    const runs = (phase: Phase) => learningRuns(block('block_16'), trainableLayers(network, phase));
    expect(runs(frozen)).toEqual([]);
    expect(runs(fineTune)).toEqual([{ from: 0, to: 1 }]);
    // expand, BN, relu | depthwise, BN, relu | project, BN
    expect(runs({ ...frozen, trainable: ['block_16_expand', 'block_16_project'] })).toEqual([{ from: 0, to: 1 / 8 }, { from: 6 / 8, to: 7 / 8 }]);
    expect(runs(withLine(frozen, 'block_16_depthwise_BN'))).toEqual([{ from: 4 / 8, to: 1 }]);
  });

  it('shares the computing out among all blocks', () => {
    const shares = computingShares(network);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(shares).toHaveLength(network.blocks.length);
  });
});
