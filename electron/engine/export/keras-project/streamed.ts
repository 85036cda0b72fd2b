/** Step 1 of a project's program: pictures stream from the project's own files, in the run's own parts, and the model scales them itself. */
import { type Recipe, type Split } from '../../../contract';
import type { ScriptData } from '../keras-script/data';
import { oneHot } from '../keras-script';
import { code, invoke, type Python, python } from '../keras-script/python';

/** Pictures of each class in each part that has any. */
export type Counts = Readonly<Partial<Record<Split, readonly number[]>>>;

export function streamedData(recipe: Recipe, classNames: readonly string[], size: number, counts: Counts): ScriptData {
  const { batchSize, shuffle } = recipe;
  const labelled = oneHot(recipe) ? { one_hot: true } : {};
  const load = (part: Split, named: Record<string, Python> = {}): string => `${part} = ${invoke('pictures.load', [part], { batch_size: batchSize, ...named, ...labelled })}`;
  const validated = counts.validation !== undefined;
  return {
    title: 'The pictures, numbers 0..255: pictures.py streams them from data/',
    imports: ['pictures', 'results', 'workers'],
    pillow: false,
    beginning: ['workers.join()'],
    lines: [
      `CLASSES = ${python(classNames)}`,
      load('train', { shuffle }),
      ...(validated ? [load('validation')] : []),
      ...(counts.test ? [load('test')] : [])
    ],
    classes: classNames.length,
    size,
    learned: null,
    labels: [],
    counts: 'np.array(pictures.counts("train"))',
    steps: 'len(train)',
    blends: false,
    fed: (mixup) => ({ values: [code(mixup > 0 ? invoke('pictures.blended', [code('train'), mixup]) : 'train')], named: { validation_data: validated ? code('validation') : undefined } }),
    validated,
    following: (phase) => [invoke('results.Progress', [phase])],
    testing: counts.test ? 'test' : validated ? 'validation' : null,
    kept: (phase, tested) => [invoke('results.keep', [phase, code(`history_${phase}`), ...(tested ? [code('loss'), code('accuracy')] : [])])],
    entrance: [`layers.Rescaling(${recipe.scale === '0..1' ? '1 / 255' : '1 / 127.5, offset=-1'})`],
    scaled: (x) => x,
    range: [0, 255],
    ending: ['results.save(model)']
  };
}
