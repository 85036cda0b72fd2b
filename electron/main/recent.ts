/** The projects opened last, newest first: userData/recent.json. One whose folder is away, on a disk that is not plugged in, comes back with it. */
import { app } from 'electron';
import * as v from 'valibot';
import type { DataSummary, RecentProject } from '../contract';
import { noteJson, readJson } from './json-file';
import { userFile } from './paths';
import { isProject, manifestOf } from './projects';

const MOST = 20;
const RecentSchema = v.array(v.object({ path: v.string(), name: v.string(), opened: v.string(), pictures: v.number(), classes: v.number() }));

const file = (): string => userFile('recent.json');
const all = (): RecentProject[] => readJson(file(), RecentSchema) ?? [];

/** Those that can be opened now. */
export const recentProjects = (): RecentProject[] => all().filter(({ path }) => isProject(path));

const figures = ({ name, project }: DataSummary): Pick<RecentProject, 'name' | 'pictures' | 'classes'> => ({
  name,
  pictures: (project?.classes ?? []).reduce((sum, { train, validation, test, excluded }) => sum + train + validation + test + excluded, 0),
  classes: project?.classes.length ?? 0
});

/** A project was opened. */
export function noteOpened(path: string, summary: DataSummary): void {
  const project = { path, opened: new Date().toISOString(), ...figures(summary) };
  noteJson(file(), [project, ...all().filter((other) => other.path !== path)].slice(0, MOST));
  app.addRecentDocument(manifestOf(path));
}

/** A project was changed; answers whether it shows in the list. */
export function noteChanged(path: string, summary: DataSummary): boolean {
  const before = all();
  const after = before.map((project) => (project.path === path ? { ...project, ...figures(summary) } : project));
  const changed = JSON.stringify(before) !== JSON.stringify(after);
  if (changed) noteJson(file(), after);
  return changed;
}

export function forgetProject(path: string): void {
  noteJson(file(), all().filter((project) => project.path !== path));
}
