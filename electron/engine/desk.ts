/** What lies open in the engine, as its requests need it. */
import type { Classifier } from './jobs/classify';
import type { ProjectDataset } from './data/project-dataset';

export interface Desk {
  /** @throws TsugikiError no_data */
  readonly dataset: ProjectDataset;
  /** The trained model. @throws TsugikiError no_model */
  readonly classifier: Classifier;
  /** A training is under way. */
  readonly training: boolean;
}
