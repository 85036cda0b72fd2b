/** Small projects, and random edits of them. */
import type { Edit, Picture, ProjectHeader } from '../../electron/contract';
import type { Random } from '../../electron/engine/model/random';
import { type Change, added } from '../../electron/engine/project/change';
import type { Project } from '../../electron/engine/project/project';
import { type ProjectState, stateOf } from '../../electron/engine/project/state';

export const HEADER: ProjectHeader = {
  name: 'Pets',
  classes: [{ id: 0, name: 'cat' }, { id: 1, name: 'dog' }, { id: 2, name: '雀' }],
  roots: [{ id: 0, kind: 'folder', path: '/photos' }, { id: 1, kind: 'own' }],
  splits: { order: 'given', seed: 0, testShare: 0 }
};

export const picture = (id: number, fields: Partial<Picture> = {}): Picture => ({
  id, root: 0, file: `cat/猫 ${id}.jpg`, row: null, hash: id.toString(16).padStart(40, '0'), width: 640, height: 480, class: id % 3, part: null, excluded: false, ...fields
});

export const pictures = (from: number, count: number): Picture[] => Array.from({ length: count }, (_, i) => picture(from + i));

/** A kilobyte and a half each: few of them fill a journal. */
export const heavyPictures = (from: number, count: number): Picture[] => pictures(from, count).map((one) => ({ ...one, file: `${'long/'.repeat(300)}${one.id}.png` }));

export const importOf = (list: readonly Picture[]): Change => ({ label: { kind: 'import', count: list.length, name: 'photos' }, pictures: added(list) });

/** Twelve pictures: 0, 3, 6, 9 are cats; 1, 4, 7, 10 dogs; 2, 5, 8, 11 sparrows. */
export const smallState = (): ProjectState => stateOf(HEADER, pictures(0, 12));

const below = (random: Random, end: number): number => Math.floor(random.next() * end);

/** Does something at random: any edit, a step back or forward, an import in pieces. */
export function act(project: Project, random: Random): void {
  const what = below(random, 20);
  if (what < 4) project.undo();
  else if (what < 6) project.redo();
  else if (what < 8) {
    const group = project.newGroup();
    const classes = project.state.header.classes;
    for (let piece = below(random, 3); piece >= 0 && classes.length > 0; piece--) {
      const list = pictures(project.state.nextId, 1 + below(random, 4)).map((one) => ({ ...one, class: classes[one.id % classes.length]?.id ?? 0 }));
      project.do(importOf(list), group);
    }
  } else {
    const edit = randomEdit(project, random);
    if (edit) project.edit(edit);
  }
}

/** Null when the one drawn makes no sense for the project as it is. */
function randomEdit({ pictures, state }: Project, random: Random): Edit | null {
  const { classes } = state.header;
  const one = <T>(list: readonly T[]): T => list[below(random, list.length)] as T;
  const name = `name ${below(random, 1e9)}`;
  const some = Array.from({ length: 1 + below(random, 5) }, () => (pictures.length > 0 ? one(pictures).id : -1));
  const any = classes.length > 0 ? one(classes).id : -1;
  const edits: Edit[] = [
    { kind: 'rename_project', name },
    { kind: 'add_class', name },
    { kind: 'set_splits', splits: { order: one(['given', 'shuffled'] as const), seed: below(random, 100), testShare: below(random, 10) / 20 } }
  ];
  if (any >= 0) edits.push({ kind: 'rename_class', class: any, name }, { kind: 'merge_classes', classes: [any, one(classes).id], into: one(classes).id }, { kind: 'remove_class', class: any });
  if (any >= 0 && pictures.length > 0) {
    edits.push(
      { kind: 'move', pictures: some, class: any }, { kind: 'remove', pictures: some }, { kind: 'exclude', pictures: some }, { kind: 'include', pictures: some },
      { kind: 'set_part', pictures: some, part: one(['train', 'validation', 'test', null] as const) }, { kind: 'split_off', pictures: some, name }
    );
  }
  return one(edits);
}
