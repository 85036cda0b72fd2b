/** The project's runs as the window lists them. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type RunCard, emptySession } from '../contract';
import { dateOf, historyFile, readRun, replay, runDirectory, runIds } from './runs';

function cardOf(project: string, runId: string): RunCard | null {
  const run = readRun(project, runId);
  if (!run) return null;
  const { status, phases, trainCount, validationCount, epochs, testAccuracy, results, model, resumable } = replay(emptySession(), project, run);
  const last = results[results.length - 1];
  return {
    ...run, started: phases.length > 0 ? dateOf(runId) : null, status, phases, trainCount, validationCount, epochs,
    seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0), testAccuracy, testLoss: last?.result.test_loss ?? null, testedOn: last?.testedOn ?? null, model, resumable
  };
}

/** Size and time of a file; "" where there is none. */
function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeMs}` : '';
}

/** A card takes the reading of a whole history, so it is kept until one of the run's files has changed. */
export class RunCards {
  #known = new Map<string, { readonly stamp: string; readonly card: RunCard | null }>();

  /** Newest first; a run whose `run.json` cannot be read is left out. */
  list(project: string): RunCard[] {
    const cards = runIds(project).map((runId) => {
      const directory = runDirectory(project, runId);
      const stamp = [join(directory, 'run.json'), historyFile(project, runId), join(directory, 'checkpoint.json')].map(stampOf).join('|');
      const known = this.#known.get(directory);
      return [directory, known?.stamp === stamp ? known : { stamp, card: cardOf(project, runId) }] as const;
    });
    this.#known = new Map(cards);
    return cards.flatMap(([, { card }]) => card ?? []);
  }
}
