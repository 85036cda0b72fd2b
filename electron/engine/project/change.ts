/** The one way in which a project changes: what was and what is. Turned round, a change undoes itself. */
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { ChangeLabelSchema, type Picture, PictureSchema, ProjectHeaderSchema } from '../../contract';
import { type ProjectState, checkHeader, checkPlaces, putHeader, putPicture } from './state';

const FieldsSchema = v.partial(v.omit(PictureSchema, ['id']));
export type PictureFields = v.InferOutput<typeof FieldsSchema>;

const { id } = PictureSchema.entries;

/** A picture is added (nothing before), removed (nothing after), or some of its fields get other values. */
export const PictureChangeSchema = v.union(
  [
    v.strictObject({ id, before: v.null(), after: PictureSchema }),
    v.strictObject({ id, before: PictureSchema, after: v.null() }),
    v.strictObject({ id, before: FieldsSchema, after: FieldsSchema })
  ],
  'Expected a picture that is added ("before" is null), removed ("after" is null), or has some of its fields in both'
);
export type PictureChange = v.InferOutput<typeof PictureChangeSchema>;

export const ChangeSchema = v.strictObject({
  label: ChangeLabelSchema,
  header: v.optional(v.strictObject({ before: ProjectHeaderSchema, after: ProjectHeaderSchema })),
  /** Each picture at most once. */
  pictures: v.array(PictureChangeSchema)
});
export type Change = v.InferOutput<typeof ChangeSchema>;

/** @throws Error as `check` does; the state is then as it was */
export function apply(state: ProjectState, change: Change): void {
  check(state, change);
  if (change.header) putHeader(state, change.header.after);
  for (const picture of change.pictures) {
    const after = outcome(state, picture);
    if (after) putPicture(state, after);
    else state.pictures.delete(picture.id);
  }
}

export const invert = ({ header, pictures, ...change }: Change): Change => ({
  ...change,
  ...(header && { header: { before: header.after, after: header.before } }),
  pictures: pictures.map(({ id, before, after }) => ({ id, before: after, after: before }) as PictureChange)
});

/**
 * Whether the state is what the change begins with, and what it leaves is whole.
 * @throws Error with a sentence: the change was made for another state, or leads to a class or root that is not there
 */
export function check(state: ProjectState, { header, pictures }: Change): void {
  if (header && !isDeepStrictEqual(header.before, state.header)) throw new Error('"header" begins with another header than there is');
  if (header) checkHeader(header.after);
  const place = checkPlaces(header?.after ?? state.header);
  const touched = new Set(pictures.map(({ id }) => id));
  if (touched.size < pictures.length) throw new Error('A picture is changed twice');
  for (const change of pictures) {
    checkBefore(state.pictures.get(change.id), change);
    const after = outcome(state, change);
    if (after) place(after);
  }
  if (!header) return;
  for (const picture of state.pictures.values()) if (!touched.has(picture.id)) place(picture);
}

function checkBefore(picture: Picture | undefined, { id, before, after }: PictureChange): void {
  if (before === null) {
    if (picture) throw new Error(`Picture ${id} is to be added and is there already`);
    if (after.id !== id) throw new Error(`Picture ${id} calls itself ${after.id}`);
    return;
  }
  if (!picture) throw new Error(`Picture ${id} is not there`);
  if (!has(picture, before)) throw new Error(`Picture ${id} is not what "before" says`);
  if (after && !isDeepStrictEqual(Object.keys(before).sort(), Object.keys(after).sort())) throw new Error(`Picture ${id} has other fields before than after`);
}

/** The picture after the change, or null when it goes. */
function outcome(state: ProjectState, { id, before, after }: PictureChange): Picture | null {
  if (before === null || after === null) return after;
  const picture = state.pictures.get(id);
  return picture ? { ...picture, ...after } : null;
}

const has = (picture: Picture, fields: PictureFields): boolean => keysOf(fields).every((key) => picture[key] === fields[key]);

const keysOf = (fields: PictureFields) => Object.keys(fields) as (keyof PictureFields)[];

/** Puts new pictures in. Their ids begin at the state's `nextId`. */
export const added = (pictures: readonly Picture[]): PictureChange[] => pictures.map((after) => ({ id: after.id, before: null, after }));

/** Takes pictures out. */
export const removed = (pictures: readonly Picture[]): PictureChange[] => pictures.map((before) => ({ id: before.id, before, after: null }));

/** Gives fields of pictures these values; pictures that have them already are left out. */
export const changed = (pictures: readonly Picture[], after: PictureFields): PictureChange[] =>
  pictures
    .filter((picture) => !has(picture, after))
    .map((picture) => ({ id: picture.id, before: Object.fromEntries(keysOf(after).map((key) => [key, picture[key]])) as PictureFields, after }));
