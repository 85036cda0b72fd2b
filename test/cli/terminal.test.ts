import { describe, expect, it } from 'vitest';
import type { Progress } from '../../electron/contract';
import { duration, Terminal } from '../../electron/cli/terminal';

const RUN: Progress[] = [
  { kind: 'stage', stage: 'features', done: 0, total: 100, unit: 'pictures', secondsLeft: null },
  { kind: 'stage', stage: 'features', done: 64, total: 100, unit: 'pictures', secondsLeft: 2 },
  { kind: 'training_started', runId: 'r', phases: [{ name: 'frozen', epochs: 1, stepsPerEpoch: 2, trainableFrom: null }], trainCount: 80, validationCount: 20, from: { phase: 0, epoch: 0, step: 0 } },
  { kind: 'phase_started', phase: 0, variants: 2 },
  { kind: 'step', phase: 0, epoch: 0, step: 1, steps: 2, loss: 2, accuracy: 0.25, batchLoss: 2, batchAccuracy: 0.25, learningRate: 0.001, secondsLeft: 70 },
  { kind: 'epoch', phase: 0, epoch: 0, loss: 1.5, accuracy: 0.5, valLoss: 1.25, valAccuracy: 0.625, seconds: 3.04, secondsLeft: null }
];

const shown = (isTTY: boolean, columns = 100): string => {
  let text = '';
  const terminal = new Terminal({ write: (part) => (text += part), isTTY, columns });
  for (const progress of RUN) terminal.report(progress);
  return text;
};

describe('progress in a terminal', () => {
  it('is plain lines where there is none', () => {
    expect(shown(false)).toBe(
      [
        'Computing features.',
        'Training on 80 pictures, 20 kept for validation.',
        'Phase 1 of 1: frozen, 1 epoch.',
        'Kept of each picture, and taking turns: 2 changed variants.',
        'Epoch 1/1  3.0 s  loss 1.5000  accuracy 0.5000  val_loss 1.2500  val_accuracy 0.6250',
        ''
      ].join('\n')
    );
  });

  it('is a bar that is drawn over itself on a terminal, and leaves the same lines', () => {
    const text = shown(true);
    expect(text).toContain('Epoch 1/1 [============............] 1/2  loss 2.0000  accuracy 0.2500  1 min 10 s left');
    // What remains on the screen: of each line only what follows the last erasure.
    const left = text.split('\n').map((line) => line.split('\r\x1b[2K').pop());
    expect(left).toEqual(shown(false).split('\n').slice(1));
  });

  it('keeps all figures where lines are short: the bar gives way', () => {
    const lines = shown(true, 80).split(/\r\x1b\[2K|\n/);
    expect(lines).toContain('Epoch 1/1 [========........] 1/2  loss 2.0000  accuracy 0.2500  1 min 10 s left');
    expect(Math.max(...lines.filter((line) => line.includes('[')).map((line) => line.length))).toBeLessThan(80);
  });

  it('says durations as people do', () => {
    expect([0.4, 59, 61, 3700].map(duration)).toEqual(['0 s', '59 s', '1 min 1 s', '1 h 1 min']);
  });
});
