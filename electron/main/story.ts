/** How the session's run trained its model, for the model card of an export. */
import type { ModelStory, Session } from '../contract';
import { readRun } from './runs';

/** @param project the open project's folder; @returns null where no run of it is known */
export function storyOf({ recipe, runId, results, phases }: Session, project: string | null): ModelStory | null {
  const run = project !== null && runId !== null ? readRun(project, runId) : null;
  if (!recipe || !run || run.opened !== undefined) return null;
  return { recipe, weights: run.weights, phases: results.map(({ phase, result }) => ({ name: phases[phase]?.name ?? String(phase + 1), result })) };
}
