/** A project's state as text: the header on the first line, then a line a picture in order of id. The same state is always the same bytes. */
import * as v from 'valibot';
import { because, type Picture, PictureSchema, type ProjectHeader, ProjectHeaderSchema, ReasonError } from '../../contract';
import { checked, damaged, eachLine } from './lines';
import type { LineKind } from './migrations';
import { type ProjectState, checkHeader, checkPlaces, inOrder, stateOf } from './state';

/** A schema's output has its keys in the schema's order, whoever made the object. */
export function serialize(state: ProjectState): string {
  const lines = [v.parse(ProjectHeaderSchema, state.header), ...inOrder(state).map((picture) => v.parse(PictureSchema, picture))];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * @param file named in messages
 * @param migrate makes a line of today of what was read
 * @throws TsugikiError project_damaged
 */
export function parseSnapshot(file: string, text: string, migrate: (line: unknown, kind: LineKind) => unknown): ProjectState {
  let header: ProjectHeader | undefined;
  let place: (picture: Picture) => void = () => undefined;
  const pictures = new Map<number, Picture>();
  eachLine(file, text, (line) => {
    if (!header) {
      header = checked(ProjectHeaderSchema, migrate(line, 'header'));
      checkHeader(header);
      place = checkPlaces(header);
      return;
    }
    const picture = checked(PictureSchema, migrate(line, 'picture'));
    place(picture);
    if (pictures.has(picture.id)) throw new Error(`Picture ${picture.id} is there twice`);
    pictures.set(picture.id, picture);
  });
  if (!header) throw damaged(`${file}:1`, new ReasonError(because('empty', 'It is empty')));
  return stateOf(header, pictures.values());
}
