/** A bridge without an application behind it: real network descriptions, invented pictures and a training that runs by itself. To look at the window in a plain browser. */
import {
  advance, emptySession, type Bridge, type CallName, type CallPayload, type CallResults, type DataSource, type DataSummary, type Envelope, type EventName, type Events,
  type Progress, type Recipe, type Session, type Thumbnails
} from '../../electron/contract';
import { describeNetwork } from '../../electron/engine/model/describe';
import { attachHead } from '../../electron/engine/model/head';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';

const CIFAR = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const SAMPLE = ['bottle', 'car', 'chair', 'fish', 'house', 'lamp', 'mug', 'mushroom', 'table', 'tree'];

function summaryOf(source: DataSource): DataSummary {
  const base = { source, skipped: [], testedOn: 'test' as const };
  if (source.kind === 'cifar10') return { ...base, name: 'CIFAR-10', classNames: CIFAR, classCounts: CIFAR.map(() => 5000), trainCount: 50000, testCount: 10000, pictureSize: 32 };
  if (source.kind === 'sample') return { ...base, name: 'Sample', classNames: SAMPLE, classCounts: SAMPLE.map((_, i) => 290 + i * 3), trainCount: 3000, testCount: 800, pictureSize: 64 };
  return {
    source, name: 'Leaves of the garden', classNames: ['beech', 'birch', 'maple', 'oak'], classCounts: [412, 96, 371, 288], trainCount: 1167, testCount: 0,
    testedOn: 'validation', pictureSize: null, skipped: [{ file: 'oak/IMG_2231.jpg', reason: 'the file is empty' }, { file: 'birch/notes.txt', reason: 'not a picture' }]
  };
}

/** Blobs on a gradient, a hue for each class. */
function pictures({ split, label, offset, count }: CallPayload<'data:thumbnails'>, data: DataSummary): Thumbnails {
  const size = data.pictureSize ?? 96;
  const total = label === undefined ? (split === 'train' ? data.trainCount : data.testCount) : (data.classCounts[label] ?? 0);
  const shown = Math.max(0, Math.min(count, total - offset));
  const pixels = new Uint8Array(shown * size * size * 3);
  const labels: number[] = [];
  for (let n = 0, at = 0; n < shown; n++) {
    const seed = (offset + n) * 2654435761;
    const kind = label ?? (seed >>> 7) % data.classNames.length;
    labels.push(kind);
    const [x0, y0] = [size * (0.3 + ((seed >>> 11) % 40) / 100), size * (0.3 + ((seed >>> 17) % 40) / 100)];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const inside = Math.hypot(x - x0, (y - y0) * (1 + kind / 10)) < size * 0.25;
        for (let c = 0; c < 3; c++) pixels[at++] = inside ? 90 + 70 * Math.sin(kind * 1.7 + c * 2.1) + ((x * 7 + y * 13) % 20) : 130 + 60 * Math.sin((seed >>> 5) + c) + (y / size) * 50;
      }
    }
  }
  return { size, pixels, labels, offset, total };
}

/** The whole of a run, step by step. */
function* training(recipe: Recipe, data: DataSummary, runId: string): Generator<Progress> {
  const used = Math.min(recipe.limit, data.trainCount);
  const steps = Math.max(4, Math.min(60, Math.ceil((used * (1 - recipe.validationSplit)) / recipe.batchSize)));
  const all = recipe.phases.reduce((sum, phase) => sum + phase.epochs * steps, 0);
  yield { kind: 'stage', stage: 'weights', done: 0, total: 0, unit: 'parts', secondsLeft: null };
  for (let done = 0; done <= used; done += used / 8) yield { kind: 'stage', stage: 'features', done: Math.round(done), total: used, unit: 'pictures', secondsLeft: 3 - (3 * done) / used };
  yield {
    kind: 'training_started', runId, trainCount: Math.round(used * 0.8), validationCount: Math.round(used * 0.2), from: { phase: 0, epoch: 0 },
    phases: recipe.phases.map((phase) => ({ name: phase.name, epochs: phase.epochs, stepsPerEpoch: steps, trainableFrom: phase.trainableFrom }))
  };
  let past = 0;
  for (const [phase, { epochs }] of recipe.phases.entries()) {
    const history = { loss: [] as number[], accuracy: [] as number[], val_loss: [] as number[], val_accuracy: [] as number[] };
    for (let epoch = 0; epoch < epochs; epoch++) {
      let accuracy = 0;
      let loss = 0;
      for (let step = 1; step <= steps; step++, past++) {
        const learned = 1 - Math.exp((-4.5 * past) / all);
        const noise = Math.sin(past * 12.9898) * 0.05;
        accuracy = 0.12 + 0.72 * learned;
        loss = 2.4 - 1.9 * learned;
        yield {
          kind: 'step', phase, epoch, step, steps, loss, accuracy, batchLoss: loss - noise * 4, batchAccuracy: accuracy + noise, learningRate: 0.001,
          secondsLeft: (all - past) * 0.02
        };
      }
      const [valLoss, valAccuracy] = [loss + 0.12 + (phase * epoch) / 40, accuracy - 0.04];
      history.loss.push(loss);
      history.accuracy.push(accuracy);
      history.val_loss.push(valLoss);
      history.val_accuracy.push(valAccuracy);
      yield { kind: 'epoch', phase, epoch, loss, accuracy, valLoss, valAccuracy, seconds: 3.2, secondsLeft: 12 };
    }
    yield {
      kind: 'phase_ended', phase, testCount: data.testCount || 233, testedOn: data.testedOn,
      result: { history, epoch_seconds: history.loss.map(() => 3.2), total_seconds: epochs * 3.2, test_loss: history.val_loss.at(-1) ?? 2.3, test_accuracy: history.val_accuracy.at(-1) ?? 0.1 }
    };
  }
  yield { kind: 'finished', runId, model: '/home/you/tsugiki/model', stopped: false, testAccuracy: null };
}

class Fake {
  session: Session = emptySession();
  readonly listeners: { [K in EventName]: Set<(payload: Events[K]) => void> } = { progress: new Set(), problem: new Set() };
  #run: Generator<Progress> | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  tell(progress: Progress): void {
    this.session = advance(this.session, progress);
    for (const listener of this.listeners.progress) listener(progress);
  }

  /** `pace`: progress a tick. */
  start(recipe: Recipe, pace = 6): void {
    if (!this.session.data) throw new Error('No data.');
    this.#run = training(recipe, this.session.data, 'run-1');
    this.session = { ...this.session, recipe };
    this.#timer = setInterval(() => this.step(pace), 30);
  }

  /** Told at once, for pictures of a certain moment. */
  step(count: number): void {
    for (let i = 0; i < count && this.session.status !== 'paused'; i++) {
      const next = this.#run?.next();
      if (!next || next.done) return clearInterval(this.#timer);
      this.tell(next.value);
    }
  }

  halt(): void {
    clearInterval(this.#timer);
  }

  answers: { [K in CallName]: (input: CallPayload<K>) => CallResults[K] | Promise<CallResults[K]> } = {
    'app:info': () => ({ version: '0', platform: 'browser', electron: '0', preferences: { locale: 'en', theme: 'system' }, session: this.session }),
    'preferences:set': (change) => ({ locale: 'en', theme: 'system', ...change }),
    'data:choose': () => '/home/you/Leaves of the garden',
    'data:open': async ({ source }) => {
      for (let done = 0; done < 10; done++) {
        this.tell({ kind: 'stage', stage: source.kind === 'cifar10' ? 'download' : 'decode', done: done * 17e6, total: 170e6, unit: 'bytes', secondsLeft: 10 - done });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const data = summaryOf(source);
      this.session = { ...this.session, data, stage: null };
      return data;
    },
    'data:thumbnails': (which) => pictures(which, this.session.data ?? summaryOf({ kind: 'sample' })),
    'network:describe': ({ alpha, inputSize, classes, head }) =>
      describeNetwork(attachHead(mobileNetV2({ alpha, inputSize }), head.map((layer) => ({ ...layer, activation: layer.activation ?? 'relu' })), classes), alpha === 0.35 ? 'embedded' : 'imagenet'),
    'weights:choose': () => null,
    'train:start': ({ recipe }) => (this.start(recipe), { runId: 'run-1' }),
    'train:pause': () => (this.tell({ kind: 'paused' }), null),
    'train:continue': () => (this.tell({ kind: 'continued' }), null),
    'train:stop': () => (this.halt(), this.tell({ kind: 'finished', runId: 'run-1', model: '/home/you/tsugiki/model', stopped: true, testAccuracy: 0.61 }), null),
    'train:recover': () => (this.tell({ kind: 'continued' }), { runId: 'run-1' }),
    'classify:picture': () => {
      const names = this.session.data?.classNames ?? CIFAR;
      const probabilities = names.map((_, i) => 0.82 * 0.18 ** i);
      return { top: names.slice(0, 5).map((label, i) => ({ label, probability: probabilities[i] ?? 0 })), probabilities, milliseconds: 18.3 };
    },
    'export:model': ({ format }) => ({
      format, directory: `/home/you/Documents/sample-${format}`, files: [{ name: 'model.json', bytes: 48211 }, { name: 'group1-shard1of1.bin', bytes: 2_318_440 }, { name: 'labels.txt', bytes: 71 }],
      parity: { pictures: 32, agreement: 1, largestDifference: 3.1e-7, checkedBy: 'TensorFlow.js' }
    }),
    'job:cancel': () => null,
    'shell:show': () => null
  };
}

const fake = new Fake();
const bridge: Bridge = {
  async call(name, input) {
    const answer = fake.answers[name] as (payload: unknown) => unknown;
    return { ok: true, value: await answer(input) } as Envelope<CallResults[typeof name]>;
  },
  on(name, listener) {
    const set = fake.listeners[name] as Set<typeof listener>;
    set.add(listener);
    return () => void set.delete(listener);
  },
  pathOf: (file) => `/home/you/${file.name}`
};

Object.assign(window, { tsugiki: bridge, fake });
