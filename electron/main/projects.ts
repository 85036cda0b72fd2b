/** Projects on disk, seen from outside: a project is a folder that holds `project.tsugiki`. All else in it is the engine's, and `runs/`. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type DataSource, TsugikiError } from '../contract';
import { freePath, nameOfPaths, slug } from './naming';
import { projectsFolder } from './paths';
import { words } from './words';

const MANIFEST = 'project.tsugiki';

export const manifestOf = (project: string): string => join(project, MANIFEST);
export const isProject = (directory: string): boolean => existsSync(manifestOf(directory));

export const projectGone = (path: string): TsugikiError =>
  new TsugikiError('project_gone', `There is no project in ${path} any more. If its folder has been moved, open it from where it is now.`, { path });

/** Folder of the project that a path means, be it the folder or the file in it; null when it means none. */
export function projectAt(path: string): string | null {
  const whole = resolve(path);
  const directory = basename(whole) === MANIFEST ? dirname(whole) : whole;
  return isProject(directory) ? directory : null;
}

/** Folder of the project that a source is; null for pictures of which one has to be made. @throws TsugikiError project_gone */
export function projectOf(source: DataSource): string | null {
  if (source.kind !== 'project' && source.kind !== 'path') return null;
  const directory = projectAt(source.path);
  if (directory === null && source.kind === 'project') throw projectGone(source.path);
  return directory;
}

/** How a project made of these paths is called; of none: pictures that are no files yet. */
export const projectName = (paths: readonly string[]): string => nameOfPaths(paths) || words().untitled;

const READY_MADE = { sample: 'Sample', cifar10: 'CIFAR-10', cifar100: 'CIFAR-100' };
export const nameOf = (source: DataSource): string =>
  source.kind === 'path' || source.kind === 'project' ? projectName([source.path]) : READY_MADE[source.kind];

/** A folder that is not there yet, for a project of this name. */
export const newProjectFolder = (name: string): string => freePath(projectsFolder(), slug(name));
