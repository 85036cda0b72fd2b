/** From what a person chose to pictures: a project's folder, or anything that becomes one. */
import { existsSync, rmSync } from 'node:fs';
import { assertNever, because, type DataSource, type ProjectHeader, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { Project } from '../project/project';
import { discover } from './import/discover';
import { importPaths, importSource, nameOf } from './project-import';
import { ProjectDataset } from './project-dataset';
import { checkPlaces } from './project-places';

/**
 * Opens pictures for the command line: nothing of it is kept on disk, and a project is only read.
 * @throws TsugikiError data_not_found, data_not_understood, no_pictures, and those of the readers
 */
export async function openDataset(source: DataSource, context: JobContext): Promise<ProjectDataset> {
  if (source.kind === 'project') return openProject(source.path, context, { readOnly: true });
  if (source.kind === 'path') {
    const found = await discover(source.path, null, context);
    if (found.kind === 'project') return openProject(found.directory, context, { readOnly: true });
  }
  const dataset = new ProjectDataset(Project.create(null, emptyHeader(source)), source);
  await fill(dataset, source, context);
  return dataset;
}

/** @throws TsugikiError project_not_found, project_newer, project_damaged, project_in_use */
export async function openProject(directory: string, context: JobContext, options: { readOnly?: boolean } = {}): Promise<ProjectDataset> {
  const dataset = new ProjectDataset(Project.open(directory, options), { kind: 'project', path: directory });
  try {
    await checkPlaces(dataset, context);
  } catch (error) {
    dataset.close();
    throw error;
  }
  return dataset;
}

/** Makes a project's folder; one that could not be filled is taken away again. */
export async function createProject(directory: string, name: string, source: DataSource | null, context: JobContext): Promise<ProjectDataset> {
  if (existsSync(directory)) throw new TsugikiError('project_exists', `${directory} is there already. Choose another name.`, { path: directory });
  const project = Project.create(directory, { ...emptyHeader(source), name });
  const dataset = new ProjectDataset(project, { kind: 'project', path: directory });
  try {
    if (source) await fill(dataset, source, context);
  } catch (error) {
    dataset.close();
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  return dataset;
}

async function fill(dataset: ProjectDataset, source: DataSource, context: JobContext): Promise<void> {
  const report = source.kind === 'path' ? await importPaths(dataset, [source.path], null, context) : await importSource(dataset, source, context);
  if (report.added > 0 || report.loose > 0 || report.stopped) return;
  const path = source.kind === 'path' ? source.path : '';
  const [first] = report.skipped;
  throw new TsugikiError(
    'no_pictures',
    `${path} holds no picture that can be read${first ? ` (${first.file}: ${first.reason.message})` : ''}. Choose a folder or archive with JPEG, PNG, GIF, BMP or WebP files in it, best one folder a class.`,
    { path, reason: first ? [because('of_file', `${first.file}: ${first.reason.message}`, { file: first.file, reason: first.reason })] : [] }
  );
}

/** Ready-made sets are trained on in their own order, as Keras does; of people's own pictures every tail should be a fair share. */
function emptyHeader(source: DataSource | null): ProjectHeader {
  const given = source !== null && source.kind !== 'path';
  return { name: nameOfSource(source), classes: [], roots: [], splits: { order: given ? 'given' : 'shuffled', seed: 0, testShare: 0 } };
}

function nameOfSource(source: DataSource | null): string {
  switch (source?.kind) {
    case undefined:
      return 'Tsugiki';
    case 'sample':
      return 'Sample';
    case 'cifar10':
      return 'CIFAR-10';
    case 'cifar100':
      return 'CIFAR-100';
    case 'path':
    case 'project':
      return nameOf(source.path);
    default:
      return assertNever(source);
  }
}
