/** What is computed once and kept: as the engine decides, told before it runs. */
import { describe, expect, it } from 'vitest';
import { tutorialRecipe, type NetworkInfo, type Phase, type Recipe } from '../../electron/contract';
import { cutBelow } from '../../electron/engine/graph/cut';
import { describeNetwork } from '../../electron/engine/model/describe';
import { attachHead } from '../../electron/engine/model/head';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { cutOf, keepingOf, keptBefore, layersOf, picturesFor } from '../../renderer/lib/keeping';
import { moveLine } from '../../renderer/lib/line-keys';
import { resized } from '../../renderer/lib/resized';
import { trainableLayers, withLayers, withLine } from '../../renderer/lib/trainable';

const recipe = tutorialRecipe();
const [frozen, fineTune] = recipe.phases as [Phase, Phase];
const graphAt = (inputSize: number, head: Recipe['head'] = recipe.head) => attachHead(mobileNetV2({ alpha: 1, inputSize }), head, 10);
const graph = graphAt(32);
const network = describeNetwork(graph, 'imagenet');
const CIFAR10 = { training: 40_000, validation: 10_000, test: 10_000 };
const FLIPPED = { flip: 'horizontal' as const, shift: 0, crop: 0, rotation: 0, zoom: 0, brightness: 0, contrast: 0, cutout: 0, mixup: 0, variants: 0 };

describe('the cut', () => {
  it('is the engine’s own before every single layer, also inside of residual blocks and below dropout', () => {
    for (const { name } of layersOf(network)) {
      const learning = trainableLayers(network, withLine(fineTune, name));
      const { size, atInput } = cutBelow(graph, learning);
      expect(cutOf(network, learning), name).toMatchObject({ numbers: size, atInput });
    }
    const dropped = graphAt(32, [{ dropout: 0.2 }, { units: 128, activation: 'relu' }]);
    const info = describeNetwork(dropped, 'imagenet');
    expect(cutOf(info, trainableLayers(info, frozen)).numbers).toBe(cutBelow(dropped, trainableLayers(info, frozen)).size);
  });
});

describe('keeping', () => {
  const of = (phase: Phase, info: NetworkInfo = network): string => keepingOf(info, phase, CIFAR10);

  it('says whether the frozen part runs once, for each variant, or in every step', () => {
    expect(of(frozen)).toBe('kept');
    expect(of(fineTune)).toBe('open');
    expect(of({ ...frozen, augmentation: FLIPPED })).toBe('anew');
    expect(of({ ...frozen, augmentation: { ...FLIPPED, variants: 4 } })).toBe('variants');
    expect(of({ ...frozen, augmentation: { ...FLIPPED, flip: 'none', mixup: 0.2 } })).toBe('kept');
  });

  it('is given up where there is no room', () => {
    const bytes = 60_000 * 1280 * 4;
    expect(of(frozen, { ...network, capacity: bytes })).toBe('kept');
    expect(of(frozen, { ...network, capacity: bytes - 1 })).toBe('too_large');
  });

  it('counts pictures as the engine does: set apart for validation, or the recipe’s share', () => {
    expect(picturesFor(recipe, null)).toEqual(CIFAR10);
    expect(picturesFor({ ...recipe, limit: 100 }, { trainCount: 300, validationCount: 20, testCount: 5 })).toEqual({ training: 100, validation: 20, test: 5 });
  });
});

describe('from phase to phase', () => {
  const phases = (...all: Phase[]): Recipe => ({ ...recipe, phases: all });
  const last = (whole: Recipe) => keptBefore(network, whole, whole.phases.length - 1, CIFAR10);

  it('features are taken over where nothing below them has learned since', () => {
    expect(last(phases(frozen, frozen))).toEqual({ phase: 0, further: false });
    expect(last(phases(withLine(fineTune, 'block_13_expand'), withLine(fineTune, 'block_13_expand')))).toEqual({ phase: 0, further: false });
    expect(last(phases(frozen, fineTune, frozen))).toBeNull();
  });

  it('they are taken further when the line moves up, and computed anew when it moves down', () => {
    expect(last(phases(withLine(fineTune, 'block_13_expand'), frozen))).toEqual({ phase: 0, further: true });
    expect(last(phases(frozen, withLine(fineTune, 'block_13_expand')))).toBeNull();
    // What phase 1 kept is of layers that have learned since.
    expect(last(phases(frozen, withLine(fineTune, 'block_13_expand'), frozen))).toEqual({ phase: 1, further: true });
  });

  it('other pictures have other features', () => {
    expect(last(phases(frozen, { ...frozen, inputSize: 96 }))).toBeNull();
    expect(last(phases(frozen, { ...frozen, augmentation: { ...FLIPPED, variants: 2 } }))).toBeNull();
    expect(last(phases({ ...frozen, epochs: 0 }, frozen))).toBeNull();
  });
});

describe('another input size', () => {
  it('is the network that the engine would describe', () => {
    for (const [now, then] of [[32, 96], [96, 32], [224, 100], [97, 65], [64, 320]] as const) {
      const expected = describeNetwork(graphAt(then), 'imagenet');
      const own = resized(describeNetwork(graphAt(now), 'imagenet'), then);
      expect(own.inputSize).toBe(then);
      expect(layersOf(own).map(({ name, outputShape }) => [name, outputShape])).toEqual(layersOf(expected).map(({ name, outputShape }) => [name, outputShape]));
      for (const [i, layer] of layersOf(own).entries()) expect(layer.multiplyAdds, layer.name).toBeCloseTo(layersOf(expected)[i]!.multiplyAdds, 3);
    }
  });
});

describe('keys of the line', () => {
  const press = (phase: Phase, key: string, shiftKey = false) => moveLine(network, phase, { key, shiftKey });
  const at13 = withLine(fineTune, 'block_13_expand');

  it('go by blocks, by layers with Shift, and to either end', () => {
    expect(press(at13, 'ArrowLeft')).toEqual(withLine(fineTune, 'block_12_expand'));
    expect(press(at13, 'ArrowUp')).toEqual(withLine(fineTune, 'block_14_expand'));
    expect(press(at13, 'ArrowRight', true)).toEqual(withLine(fineTune, 'block_13_expand_BN'));
    expect(press(withLine(fineTune, 'block_13_expand_BN'), 'ArrowLeft')).toEqual(at13);
    expect(press(at13, 'Home')).toEqual(withLine(fineTune, 'all'));
    expect(press(at13, 'End')).toEqual(withLine(fineTune, null));
    expect(press(withLine(fineTune, null), 'ArrowLeft', true)).toEqual(withLine(fineTune, 'Conv_1_bn'));
  });

  it('stop at the ends, and leave other keys alone', () => {
    expect(press(frozen, 'ArrowRight')).toBeNull();
    expect(press(fineTune, 'ArrowLeft')).toBeNull();
    expect(press(at13, 'Tab')).toBeUndefined();
  });

  it('make a line of single layers again', () => {
    const single = withLayers(network, frozen, ['block_5_project'], true);
    expect(press(single, 'ArrowRight')).toEqual(withLine(frozen, 'block_6_expand'));
  });
});
