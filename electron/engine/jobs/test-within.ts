/** How a model does on pictures whose classes are known, for its model card: on all of them, or on as many as there is time for. */
import { type Picture, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { ProjectDataset } from '../data/project-dataset';
import { spread } from '../data/sampling';
import { judge } from '../evaluation/judgement';
import type { Tested } from '../export/model-card';
import { type Evaluator, matchClasses } from './evaluate';

/** Pictures of 96 x 96 that a network of alpha 1 answers in a second, on two cores. */
const A_SECOND = 1000;

export interface TestChoice {
  readonly dataset: ProjectDataset;
  readonly pictures: readonly Picture[];
  /** What these pictures are to the model. */
  readonly on: Tested['on'];
}

/**
 * What the evaluator knows already costs nothing.
 * @param seconds for what it does not know, guessed from the input's size: so the same model gets the same card on every machine. Where they do
 *   not reach, the pictures are spread over all
 * @returns null where no picture has a class of the model's
 * @throws TsugikiError no_numbers; StoppedError
 */
export async function testWithin(seconds: number, evaluator: Evaluator, { dataset, pictures, on }: TestChoice, context: JobContext): Promise<Tested | null> {
  const { meta } = evaluator.model;
  const matched = matching(dataset, pictures, meta.classNames);
  if (!matched) return null;
  const most = Math.round(seconds * A_SECOND * (96 / meta.inputSize) ** 2);
  const all = evaluator.unknownAmong(matched.asked) <= most;
  const answers = await evaluator.answers(dataset, all ? matched.asked : spread(matched.asked, most), context);
  if (answers.count === 0) return null;
  const { count, accuracy, loss, confusion, classes, macro } = judge(answers, meta);
  return { data: dataset.project.state.header.name, on, of: all ? count : matched.asked.length, unknown: matched.unknown, count, accuracy, loss, confusion, classes, macro };
}

function matching(...given: Parameters<typeof matchClasses>): ReturnType<typeof matchClasses> | null {
  try {
    return matchClasses(...given);
  } catch (error) {
    if (error instanceof TsugikiError && error.code === 'classes_differ') return null;
    throw error;
  }
}
