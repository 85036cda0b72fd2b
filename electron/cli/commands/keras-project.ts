/** `keras-project`: a recipe and its pictures, to be trained in Keras on bigger machines. */
import { openDataset } from '../../engine/data/open';
import { writeKerasProject } from '../../engine/jobs/keras-project';
import { bestDataAtHand } from '../best-data';
import { openModel } from '../open-model';
import { dataSource, pathHere, recipeFor, weightsSource } from '../places';
import { type Invocation, required } from '../usage';
import { asJson, type Console, type ExitCode } from './command';

export async function kerasProjectCommand({ options }: Invocation<'keras-project'>, { context, terminal, print }: Console): Promise<ExitCode> {
  const directory = pathHere(required('keras-project', 'out', options.out));
  const weights = weightsSource(options.weights);
  const { recipe, note } = recipeFor(options.recipe, weights);
  if (note) terminal.line(note);
  const model = options.model === undefined ? null : await openModel(options.model, terminal);
  const dataset = await openDataset(options.data !== undefined ? dataSource(options.data) : await bestDataAtHand(), context);
  const result = await writeKerasProject({ recipe, weights, dataset, model, directory }, context);
  terminal.clear();
  print(options.json ? asJson(result) : `Written to ${result.directory}: ${result.pictures} pictures, ${Math.ceil(result.bytes / 1e6)} MB. Read train.py, then: cd ${result.directory} && python train.py`);
  return 0;
}
