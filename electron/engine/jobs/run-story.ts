/** How a run on disk trained its model, for the model card of an export. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ModelStory, TsugikiError } from '../../contract';
import { loadCheckpoint } from '../training/checkpoint';
import { weightsOrigin } from './weights';

/**
 * @param path a run's folder, or the folder `model` in it
 * @returns null for any other model, and where the run's checkpoint is gone or damaged
 */
export function runStory(path: string): ModelStory | null {
  const run = existsSync(join(path, 'model', 'model.json')) ? path : basename(path) === 'model' ? dirname(path) : null;
  const checkpoint = run === null ? null : checkpointOf(run);
  if (!checkpoint) return null;
  const { recipe, results, phase, position: { history, epochSeconds }, weightsSource } = checkpoint;
  const total_seconds = epochSeconds.reduce((sum, seconds) => sum + seconds, 0);
  // The phase in which it was stopped.
  const begun = history.loss.length > 0 ? [{ history, epoch_seconds: [...epochSeconds], total_seconds, test_loss: null, test_accuracy: null }] : [];
  const phases = [...results.slice(0, phase), ...begun].map((result, i) => ({ name: recipe.phases[i]?.name ?? String(i + 1), result }));
  return { recipe, weights: weightsOrigin(weightsSource, recipe.alpha), phases };
}

function checkpointOf(run: string): ReturnType<typeof loadCheckpoint> {
  try {
    return loadCheckpoint(run);
  } catch (error) {
    if (error instanceof TsugikiError) return null;
    throw error;
  }
}
