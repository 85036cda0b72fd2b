/** Why the open model answers as it does: heatmaps, what layers see, pictures that are alike. */
import { type ActivationRequest, type Activations, type FeatureMap, type Heatmap, type Neighbours, type PictureSet, type Subject, TsugikiError } from '../contract';
import type { JobContext } from './context';
import type { Desk } from './desk';
import type { Understander } from './understanding';

export class Explainer {
  constructor(readonly desk: Desk, readonly understander: Understander) {}

  async heatmap(_subject: Subject, _index: number | null, _layer: string | null, _context: JobContext): Promise<Heatmap> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  async activations(_request: ActivationRequest, _context: JobContext): Promise<Activations> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  async neighbours(_subject: Subject, _count: number, _context: JobContext): Promise<Neighbours> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  async map(_set: PictureSet, _limit: number, _context: JobContext): Promise<FeatureMap> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }
}
