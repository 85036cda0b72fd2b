/** What a project is while it is open. */
import type { Picture, ProjectHeader } from '../../contract';

export interface ProjectState {
  /** Replaced, never changed in place; so is every picture. */
  header: ProjectHeader;
  /** By id. */
  readonly pictures: Map<number, Picture>;
  /**
   * Ids that come next. They do not go down while the project is open, not even when an addition is undone: what a window or a report
   * still knows by an id must not turn into something else. Nothing of them is written to disk.
   */
  nextId: number;
  nextClass: number;
}

export function stateOf(header: ProjectHeader, pictures: Iterable<Picture> = []): ProjectState {
  const state: ProjectState = { header, pictures: new Map(), nextId: 0, nextClass: 0 };
  putHeader(state, header);
  for (const picture of pictures) putPicture(state, picture);
  return state;
}

export function putHeader(state: ProjectState, header: ProjectHeader): void {
  state.header = header;
  for (const { id } of header.classes) state.nextClass = Math.max(state.nextClass, id + 1);
}

export function putPicture(state: ProjectState, picture: Picture): void {
  state.pictures.set(picture.id, picture);
  state.nextId = Math.max(state.nextId, picture.id + 1);
}

export const inOrder = (state: ProjectState): Picture[] => [...state.pictures.values()].sort((a, b) => a.id - b.id);

/** One spelling of what looks the same: macOS hands out names of folders with their accents apart. */
export const cleanName = (name: string): string => name.trim().normalize('NFC');

/** @throws Error with a sentence when two classes or roots cannot be told apart */
export function checkHeader({ classes, roots }: ProjectHeader): void {
  const twice = <T>(values: readonly T[]): T | undefined => values.find((value, at) => values.indexOf(value) < at);
  const about = (what: string, value: string | number | undefined) => {
    if (value !== undefined) throw new Error(`${what} ${JSON.stringify(value)} is there twice`);
  };
  about('The class', twice(classes.map(({ id }) => id)));
  about('The class', twice(classes.map(({ name }) => cleanName(name))));
  about('The root', twice(roots.map(({ id }) => id)));
}

/** @returns what checks that a picture's class and root are in the header, and throws Error with a sentence when one is not */
export function checkPlaces({ classes, roots }: ProjectHeader): (picture: Picture) => void {
  const known = { class: new Set(classes.map(({ id }) => id)), root: new Set(roots.map(({ id }) => id)) };
  return (picture) => {
    for (const key of ['class', 'root'] as const) {
      if (!known[key].has(picture[key])) throw new Error(`Picture ${picture.id} has the ${key} ${picture[key]}, which the header does not list`);
    }
  };
}
