/**
 * A process to be killed: counts up in a project without end, and says each number once it is written. Every number is a change that
 * sets the project's name, every fourth adds or removes many pictures with it, so that each few turns closing it shortens the journal.
 */
import { writeSync } from 'node:fs';
import { type Change, added, removed } from '../../electron/engine/project/change';
import { Project } from '../../electron/engine/project/project';
import { heavyPictures } from './project-fixture';

const MANY = 500;
const [, , directory = ''] = process.argv;

export const countOf = (project: Project): number => Number(project.state.header.name);
/** Odd quarters have the pictures. */
export const picturesAt = (count: number): number => (Math.floor(count / 4) % 2 === 1 ? MANY : 0);

function next(project: Project): Change {
  const { header } = project.state;
  const count = countOf(project) + 1;
  const change = picturesAt(count) - project.pictures.length;
  return {
    label: { kind: 'import', count: Math.abs(change), name: '' },
    header: { before: header, after: { ...header, name: String(count) } },
    pictures: change > 0 ? added(heavyPictures(0, change)) : change < 0 ? removed(project.pictures) : []
  };
}

if (directory !== '') {
  for (;;) {
    const project = Project.open(directory);
    for (let i = 0; i < 10; i++) {
      project.do(next(project));
      writeSync(1, `${countOf(project)}\n`);
    }
    project.close();
  }
}
