/** What a person wants, as a change. */
import { isDeepStrictEqual } from 'node:util';
import { type ChangeLabel, type Edit, type Picture, type PictureClass, type ProjectHeader, TsugikiError, assertNever } from '../../contract';
import { type Change, type PictureChange, changed, removed } from './change';
import { type ProjectState, cleanName, inOrder } from './state';

/**
 * @returns null when nothing would be other than it is
 * @throws TsugikiError unknown_picture, unknown_class, class_exists
 */
export function changeOf(state: ProjectState, edit: Edit): Change | null {
  const { header } = state;
  const { kind } = edit;
  switch (kind) {
    case 'rename_project': {
      const name = cleanName(edit.name);
      return made(state, { kind, name }, [], { ...header, name });
    }
    case 'move': {
      const { id, name } = classOf(state, edit.class);
      return made(state, { kind, name }, changed(picturesOf(state, edit.pictures), { class: id }));
    }
    case 'remove':
      return made(state, { kind, name: '' }, removed(picturesOf(state, edit.pictures)));
    case 'exclude':
    case 'include':
      return made(state, { kind, name: '' }, changed(picturesOf(state, edit.pictures), { excluded: kind === 'exclude' }));
    case 'set_part':
      return made(state, { kind, name: edit.part ?? '' }, changed(picturesOf(state, edit.pictures), { part: edit.part }));
    case 'add_class': {
      const added = newClass(state, edit.name);
      return made(state, { kind, name: added.name }, [], { ...header, classes: [...header.classes, added] });
    }
    case 'rename_class': {
      const renamed = { id: classOf(state, edit.class).id, name: freeName(state, edit.name, edit.class) };
      return made(state, { kind, name: renamed.name }, [], { ...header, classes: header.classes.map((old) => (old.id === renamed.id ? renamed : old)) });
    }
    case 'merge_classes': {
      const { id, name } = classOf(state, edit.into);
      const emptied = new Set(edit.classes.map((from) => classOf(state, from).id).filter((from) => from !== id));
      return made(state, { kind, name }, changed(picturesIn(state, emptied), { class: id }), withoutClasses(header, emptied));
    }
    case 'split_off': {
      const added = newClass(state, edit.name);
      const moved = changed(picturesOf(state, edit.pictures), { class: added.id });
      return made(state, { kind, name: added.name }, moved, { ...header, classes: [...header.classes, added] });
    }
    case 'remove_class': {
      const { id, name } = classOf(state, edit.class);
      const gone = new Set([id]);
      return made(state, { kind, name }, removed(picturesIn(state, gone)), withoutClasses(header, gone));
    }
    case 'set_splits':
      return made(state, { kind, name: '' }, [], { ...header, splits: edit.splits });
    default:
      return assertNever(kind);
  }
}

function made(state: ProjectState, { kind, name }: Omit<ChangeLabel, 'count'>, pictures: PictureChange[], after: ProjectHeader = state.header): Change | null {
  const header = isDeepStrictEqual(state.header, after) ? undefined : { before: state.header, after };
  if (!header && pictures.length === 0) return null;
  return { label: { kind, count: pictures.length, name }, ...(header && { header }), pictures };
}

/** Each once, in the order given. */
const picturesOf = ({ pictures }: ProjectState, ids: readonly number[]): Picture[] =>
  [...new Set(ids)].map((id) => {
    const picture = pictures.get(id);
    if (!picture) throw new TsugikiError('unknown_picture', `Picture ${id} is not in this project any more. Choose the pictures again.`, { id });
    return picture;
  });

const picturesIn = (state: ProjectState, classes: ReadonlySet<number>): Picture[] => inOrder(state).filter((picture) => classes.has(picture.class));

const withoutClasses = (header: ProjectHeader, gone: ReadonlySet<number>): ProjectHeader => ({ ...header, classes: header.classes.filter(({ id }) => !gone.has(id)) });

function classOf({ header }: ProjectState, id: number): PictureClass {
  const found = header.classes.find((one) => one.id === id);
  if (!found) throw new TsugikiError('unknown_class', `Class ${id} is not in this project any more. Choose another class.`, { id });
  return found;
}

const newClass = (state: ProjectState, name: string): PictureClass => ({ id: state.nextClass, name: freeName(state, name, null) });

/** @param own the class that may have this name already */
function freeName({ header }: ProjectState, name: string, own: number | null): string {
  const clean = cleanName(name);
  const taken = header.classes.find((one) => one.id !== own && cleanName(one.name) === clean);
  if (taken) throw new TsugikiError('class_exists', `There is a class "${clean}" already. Choose another name, or merge the two classes.`, { name: clean });
  return clean;
}
