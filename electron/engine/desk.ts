/** What lies open in the engine, as its requests need it. */
import type { Classifier } from './jobs/classify';
import type { ProjectDataset } from './data/project-dataset';
import type { TrainedModel } from './model/model-folder';

export interface Desk {
  /** @throws TsugikiError no_data */
  readonly dataset: ProjectDataset;
  /** The trained model. @throws TsugikiError no_model */
  readonly classifier: Classifier;
  /** The folder that it is kept in. @throws TsugikiError no_model */
  readonly modelDirectory: string;
  /** Puts a model in the place of the one before. */
  use(model: TrainedModel, directory: string): void;
}
