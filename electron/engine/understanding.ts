/** How the open model does on pictures of the open project, or on a test set of one's own that lies beside it. */
import { type ClassCurves, type ModelSettings, type PictureSet, TsugikiError, type Understanding } from '../contract';
import type { JobContext } from './context';
import type { ProjectDataset } from './data/project-dataset';
import type { Desk } from './desk';

export class Understander {
  constructor(readonly desk: Desk) {}

  /** The project, or the own test set. @throws TsugikiError no_own_set */
  dataset(own: boolean | undefined): ProjectDataset {
    if (own) throw new TsugikiError('no_own_set', 'No test set of your own is open. Choose one first.');
    return this.desk.dataset;
  }

  async evaluate(_set: PictureSet, _context: JobContext): Promise<Understanding> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  async openOwn(_path: string, _context: JobContext): Promise<string> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  curves(_index: number): ClassCurves {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  async set(_settings: ModelSettings): Promise<ModelSettings> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }
}
