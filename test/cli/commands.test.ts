/** What the commands say and refuse, in this process: TensorFlow is loaded once. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../electron/cli/main';
import { initialWeights } from '../../electron/engine/model/initial-weights';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { writeWeights } from '../../electron/engine/model/weight-file';
import { tarGz } from '../engine/fixtures';
import { batch, PICTURES, smallFolder } from './small-data';

const { directory, recipe } = smallFolder();
const said = { out: '', err: '' };

beforeEach(() => {
  said.out = said.err = '';
  vi.stubEnv('INIT_CWD', directory);
  vi.spyOn(console, 'log').mockImplementation((text: string) => void (said.out += `${text}\n`));
  vi.spyOn(console, 'error').mockImplementation((text: string) => void (said.err += `${text}\n`));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => vi.unstubAllEnvs());

async function tsugiki(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  said.out = said.err = '';
  const code = await main(args);
  return { code, ...said };
}

const TRAIN = ['train', '--weights', 'random', '--recipe', 'one.json'];
beforeAll(() => recipe('one.json', { phases: [{ name: 'frozen', epochs: 1 }] }));

describe('refused before any work, with exit code 2', () => {
  it.each([
    [['train', '--data', 'nowhere'], 'There is no data at'],
    [['train', '--data', 'data', '--recipe', 'bad.json'], 'epochs is not a setting of a recipe'],
    [['train', '--data', 'data', '--weights', 'nowhere.h5'], 'There is no weight file'],
    [['train', '--resume'], 'train --resume needs --out'],
    [['train', '--resume', '--out', 'run', '--recipe', 'one.json'], 'Leave out --recipe'],
    [['train', '--resume', '--out', 'run', '--weights', 'random'], 'Leave out --weights'],
    [['classify', '--model', 'run'], 'at least one picture or folder'],
    [['classify', '--model', 'run', 'nowhere.jpg'], 'There is no picture or folder'],
    [['export', '--model', 'run', '--format', 'paper', '--out', 'x'], 'There is no export format "paper". The formats are keras, '],
    [['doctor'], 'npm run tsugiki -- doctor'],
    [['fly'], 'There is no command "fly"']
  ])('%j', async (args, sentence) => {
    recipe('bad.json', { epochs: 3 });
    const { code, out, err } = await tsugiki(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
  });

  it('no command at all, with the help', async () => {
    expect(await tsugiki()).toMatchObject({ code: 2, out: expect.stringContaining('npm run tsugiki -- COMMAND') as string });
    expect(await tsugiki('train', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('Exit codes: 0 done, 1 failed') as string });
  });
});

describe('after a run', () => {
  beforeAll(async () => {
    vi.stubEnv('INIT_CWD', directory);
    expect(await main([...TRAIN, '--data', 'data', '--out', 'run'])).toBe(0);
  });

  describe('a run that is refused', () => {
    it('leaves no folder behind: data that cannot be used, weights that do not fit', async () => {
      writeFileSync(join(directory, 'empty.tar.gz'), '');
      recipe('wider.json', { alpha: 0.5 });
      const other = mobileNetV2({ alpha: 0.35, inputSize: 32 });
      await writeWeights(join(directory, 'other.h5'), other, initialWeights(other, 0));
      const data = await tsugiki(...TRAIN, '--data', 'empty.tar.gz', '--out', 'never');
      expect(data).toMatchObject({ code: 1, err: expect.stringContaining('holds no pictures that Tsugiki knows') as string });
      const weights = await tsugiki('train', '--data', 'data', '--recipe', 'wider.json', '--weights', 'other.h5', '--out', 'never');
      expect(weights.code).toBe(1);
      expect(weights.err).toContain('other.h5 does not fit this network: layer block_1_project, kernel, is [1, 1, 48, 8] in the file and [1, 1, 48, 16] in the network.');
      expect(readdirSync(directory)).not.toContain('never');
    });

    it('does not cost the run before it', async () => {
      recipe('unknown layer.json', { phases: [{ name: 'frozen', epochs: 1, trainableFrom: 'block_99' }] });
      const refused = await tsugiki('train', '--weights', 'random', '--recipe', 'unknown layer.json', '--data', 'data', '--out', 'run');
      expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('"block_99"') as string });
      const resumed = await tsugiki('train', '--resume', '--out', 'run');
      expect(resumed).toMatchObject({ code: 0, err: expect.stringContaining('has ended already') as string, out: expect.stringContaining('Measured on the 20 test pictures') as string });
    });
  });

  describe('going on', () => {
    it('is only with the classes and pictures the run began with', async () => {
      const refused = await tsugiki('train', '--resume', '--out', 'run', '--data', 'sample');
      expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/began with the classes airplane, .*Sample has bottle/) as string });
      mkdirSync(join(directory, 'moved'));
      writeFileSync(join(directory, 'moved', 'data_batch_1.bin'), batch(PICTURES));
      expect((await tsugiki('train', '--resume', '--out', 'run', '--data', 'moved')).code).toBe(0);
    });

    it('needs something to go on from', async () => {
      const refused = await tsugiki('train', '--resume', '--out', 'nothing here', '--data', 'data');
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('There is no checkpoint in') as string });
      expect(existsSync(join(directory, 'nothing here'))).toBe(false);
    });
  });

  describe('classify', () => {
    it('takes folders, and tells of the pictures that cannot be read', async () => {
      mkdirSync(join(directory, 'pictures', 'below'), { recursive: true });
      for (const name of ['b.bmp', 'below/c.bmp']) copyFileSync(join(directory, 'grey.bmp'), join(directory, 'pictures', name));
      writeFileSync(join(directory, 'pictures', 'a.jpg'), 'not one');
      writeFileSync(join(directory, 'pictures', 'notes.txt'), 'no picture');
      const { code, out } = await tsugiki('classify', '--model', 'run', 'pictures');
      expect(code).toBe(0);
      const lines = out.trim().split('\n');
      expect(lines).toHaveLength(3);
      expect(lines[0]).toMatch(/a\.jpg: The picture cannot be read/);
      expect(lines[1]).toMatch(/b\.bmp: \w+ \d+\.\d %, \w+/);
      expect(lines[2]).toMatch(/below.c\.bmp: /);
      const failed = await tsugiki('classify', '--model', 'run', 'pictures/a.jpg');
      expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('could not be classified') as string });
    });

    it('writes a table, and copies sorted by class', async () => {
      mkdirSync(join(directory, 'sorted'));
      const { code, out } = await tsugiki('classify', '--model', 'run', 'pictures', '--csv', 'answers.csv', '--sort', 'sorted');
      expect(code).toBe(0);
      const [heading, ...rows] = readFileSync(join(directory, 'answers.csv'), 'utf8').trimEnd().split('\r\n');
      expect(heading).toBe('\ufefffile,answer,class_1,probability_1,class_2,probability_2,class_3,probability_3,class_4,probability_4,class_5,probability_5,problem');
      expect(rows.map((row) => row.split(',')[0])).toEqual(['a.jpg', 'b.bmp', 'below/c.bmp']);
      const [answer = ''] = /^b\.bmp,(\w+),\1,/m.exec(rows.join('\n'))?.slice(1) ?? [];
      expect(readdirSync(join(directory, 'sorted', 'pictures-sorted', answer))).toEqual(['b.bmp', 'c.bmp']);
      expect(out).toContain(`2 pictures copied into ${join(directory, 'sorted', 'pictures-sorted')}; 1 could not be read.`);
      const refused = await tsugiki('classify', '--model', 'run', 'pictures', '--csv', 'no folder/answers.csv');
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('The table could not be written to') as string });
    });
  });

  describe('evaluate', () => {
    const settings = (temperature: number, threshold: number | null) => {
      const path = join(directory, 'run', 'model', 'model.json');
      writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), temperature, threshold }));
    };
    interface Figures {
      test_images: number;
      test_accuracy: number;
      test_loss: number;
      confusion: number[][];
      classes: { class: string; recall: number; support: number }[];
      pictures: { file: string; class: string; predicted: string; probability: number; none_of_these: boolean }[];
    }
    const figures = async (): Promise<Figures> => JSON.parse((await tsugiki('evaluate', '--model', 'run', '--data', 'data', '--json')).out) as Figures;

    it('prints the scores of each class and which is taken for which', async () => {
      const { out } = await tsugiki('evaluate', '--model', 'run', '--data', 'data');
      expect(out).toMatch(/^class +precision +recall +F1 +ROC AUC +AP +pictures$/m);
      const rows = out.split('\n').filter((line) => line.startsWith('airplane'));
      expect(rows).toHaveLength(2);
      expect(rows[0]).toMatch(/^airplane +(\d\.\d{3}|-) +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +2$/);
      expect(rows[1]!.trim().split(/\s+/).slice(1).reduce((sum, cell) => sum + Number(cell), 0)).toBe(2);
      expect(out).toMatch(/^Expected calibration error 0\.\d{3}; at temperature \d+\.\d{2} it would be 0\.\d{3}\.$/m);
    });

    it('tells all of it as JSON, and each picture in a table', async () => {
      const { test_images, test_accuracy, confusion, classes, pictures } = await figures();
      expect(test_images).toBe(20);
      const right = pictures.filter((picture) => picture.class === picture.predicted).length;
      expect(test_accuracy).toBe(right / 20);
      expect(confusion.reduce((sum, row, k) => sum + row[k]!, 0)).toBe(right);
      expect(classes.map(({ support }) => support)).toEqual(new Array(10).fill(2));
      expect((await tsugiki('evaluate', '--model', 'run', '--data', 'data', '--csv', 'pictures.csv')).code).toBe(0);
      const lines = readFileSync(join(directory, 'pictures.csv'), 'utf8').slice(1).trim().split('\r\n');
      expect(lines[0]).toBe('file,class,answer,probability,probability_of_class');
      expect(lines.slice(1).map((line) => line.split(',').slice(0, 3))).toEqual(pictures.map((picture) => [picture.file, picture.class, picture.predicted]));
      expect(pictures[0]!.file).toBe('test 1');
      const refused = await tsugiki('evaluate', '--model', 'run', '--data', 'data', '--csv', 'no such folder/pictures.csv');
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('could not be written') as string });
    });

    it('answers by the model\'s temperature and threshold, as classify does', async () => {
      const before = await figures();
      settings(0.05, 1);
      const after = await figures();
      settings(1, null);
      expect(after.test_accuracy).toBe(before.test_accuracy);
      expect(after.test_loss).not.toBe(before.test_loss);
      before.pictures.forEach(({ probability }, i) => expect(after.pictures[i]!.probability).toBeGreaterThan(probability));
      settings(20, 0.5);
      expect((await figures()).pictures.every((picture) => picture.none_of_these)).toBe(true);
      const { out } = await tsugiki('evaluate', '--model', 'run', '--data', 'data', '--csv', 'unsure.csv');
      expect(out).toContain('Surer than the threshold of 50 %: 0 of 20, 0 of them rightly; the others are "none of these".');
      expect(readFileSync(join(directory, 'unsure.csv'), 'utf8')).toMatch(/^test 1,airplane,none-of-these,0\.\d+,0\.\d+\r$/m);
      expect((await tsugiki('classify', '--model', 'run', 'grey.bmp')).out).toContain('none of these; ');
      settings(1, null);
    });

    it('matches classes by name, and refuses where none is known', async () => {
      for (const label of ['cat', 'gnu']) {
        mkdirSync(join(directory, 'animals', label), { recursive: true });
        copyFileSync(join(directory, 'grey.bmp'), join(directory, 'animals', label, 'a.bmp'));
      }
      const { out } = await tsugiki('evaluate', '--model', 'run', '--data', 'animals');
      expect(out).toContain('measured on all 1 pictures');
      expect(out).toContain('1 picture of classes that the model does not know is left out.');
      mkdirSync(join(directory, 'gnus', 'gnu'), { recursive: true });
      copyFileSync(join(directory, 'grey.bmp'), join(directory, 'gnus', 'gnu', 'a.bmp'));
      const refused = await tsugiki('evaluate', '--model', 'run', '--data', 'gnus');
      expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/knows the classes airplane, .*; gnus has gnu\. Choose pictures/) as string });
    });
  });
});

describe('what an accuracy was measured on', () => {
  it('is the validation part when there is no test part, and evaluating then takes all', async () => {
    expect((await tsugiki('datasets', '--data', 'no test')).out).toContain('No test part: tested on the pictures kept for validation.');
    expect((await tsugiki(...TRAIN, '--data', 'no test', '--out', 'untested')).out).toContain('Measured on 13 validation pictures (the data set has no test part).');
    const evaluated = await tsugiki('evaluate', '--model', 'untested', '--data', 'no test');
    expect(evaluated.out).toContain(`measured on all ${PICTURES} pictures, those it may have learned from too`);
    expect(JSON.parse((await tsugiki('evaluate', '--model', 'untested', '--data', 'no test', '--json')).out)).toMatchObject({ test_images: PICTURES, tested_on: 'all' });
  });

  it('is nothing when no picture is kept back', async () => {
    recipe('all.json', { validationSplit: 0, phases: [{ name: 'frozen', epochs: 1 }] });
    const args = ['train', '--weights', 'random', '--recipe', 'all.json', '--data', 'no test', '--out', 'unmeasured'];
    expect(await tsugiki(...args)).toMatchObject({ code: 0, out: expect.stringContaining('Not tested') as string });
    const recorded = await tsugiki(...args, '--json', '--steps');
    expect(JSON.parse(recorded.out)).toMatchObject({ images: PICTURES, test_images: 0, frozen: { test_accuracy: null, test_loss: null, probabilities: [] } });
  });
});

describe('data', () => {
  it('comes from an archive like the published one', async () => {
    const archive = await tarGz([
      { name: 'cifar-10-batches-bin/batches.meta.txt', content: 'airplane\n' },
      { name: 'cifar-10-batches-bin/data_batch_1.bin', content: batch(30) },
      { name: 'cifar-10-batches-bin/data_batch_2.bin', content: batch(20) },
      { name: 'cifar-10-batches-bin/test_batch.bin', content: batch(10) }
    ]);
    writeFileSync(join(directory, 'cifar-10-binary.tar.gz'), archive);
    const { code, out } = await tsugiki(...TRAIN, '--data', 'cifar-10-binary.tar.gz', '--out', 'from archive', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ images: 50, test_images: 10, tested_on: 'test' });
  });

  it('is listed with where it is', async () => {
    vi.stubEnv('TSUGIKI_DATA', join(directory, 'data'));
    const { code, out } = await tsugiki('datasets', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ id: 'sample', available: true }, { id: 'cifar10', available: true, detail: join(directory, 'data') }, { id: 'cifar100', available: false }]);
  });
});
