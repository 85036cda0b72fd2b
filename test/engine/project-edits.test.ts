/** Each edit of a project, what it refuses, and the way back. */
import { describe, expect, it } from 'vitest';
import { type Edit, TsugikiError } from '../../electron/contract';
import { type Change, added, apply, changed, invert, removed } from '../../electron/engine/project/change';
import { changeOf } from '../../electron/engine/project/edits';
import { serialize } from '../../electron/engine/project/snapshot';
import type { ProjectState } from '../../electron/engine/project/state';
import { HEADER, importOf, picture, pictures, smallState } from './project-fixture';

const idsIn = (state: ProjectState, id: number): number[] => [...state.pictures.values()].filter((one) => one.class === id).map((one) => one.id).sort((a, b) => a - b);
const namesOf = (state: ProjectState): string[] => state.header.classes.map(({ name }) => name);

/** The state after an edit and what the edit was; undoing it has been seen to restore every byte. */
function edited(edit: Edit, before = smallState()): { state: ProjectState; label: unknown } {
  const bytes = serialize(before);
  const change = changeOf(before, edit);
  if (!change) throw new Error('The edit changes nothing.');
  apply(before, change);
  const after = serialize(before);
  apply(before, invert(change));
  expect(serialize(before)).toBe(bytes);
  apply(before, change);
  expect(serialize(before)).toBe(after);
  return { state: before, label: change.label };
}

function refusal(edit: Edit, state = smallState()): TsugikiError {
  try {
    changeOf(state, edit);
  } catch (error) {
    if (error instanceof TsugikiError) return error;
  }
  throw new Error('It was not refused.');
}

describe('an edit', () => {
  it('renames the project', () => {
    const { state, label } = edited({ kind: 'rename_project', name: ' Zoo ' });
    expect(state.header.name).toBe('Zoo');
    expect(label).toEqual({ kind: 'rename_project', count: 0, name: 'Zoo' });
  });

  it('moves pictures, and counts those that were elsewhere', () => {
    const { state, label } = edited({ kind: 'move', pictures: [0, 3, 1, 3], class: 1 });
    expect(idsIn(state, 1)).toEqual([0, 1, 3, 4, 7, 10]);
    expect(label).toEqual({ kind: 'move', count: 2, name: 'dog' });
  });

  it('removes pictures; the class of the last one stays', () => {
    const { state, label } = edited({ kind: 'remove', pictures: [0, 3, 6, 9] });
    expect(idsIn(state, 0)).toEqual([]);
    expect(namesOf(state)).toEqual(['cat', 'dog', '雀']);
    expect(label).toEqual({ kind: 'remove', count: 4, name: '' });
  });

  it('excludes and includes', () => {
    const { state } = edited({ kind: 'exclude', pictures: [2, 5] });
    expect([...state.pictures.values()].filter((one) => one.excluded).map((one) => one.id)).toEqual([2, 5]);
    const again = edited({ kind: 'include', pictures: [2, 3] }, state);
    expect([...again.state.pictures.values()].filter((one) => one.excluded).map((one) => one.id)).toEqual([5]);
    expect(again.label).toEqual({ kind: 'include', count: 1, name: '' });
  });

  it('gives pictures a part and takes it away', () => {
    const { state, label } = edited({ kind: 'set_part', pictures: [7, 8], part: 'test' });
    expect(state.pictures.get(7)?.part).toBe('test');
    expect(label).toEqual({ kind: 'set_part', count: 2, name: 'test' });
    expect(edited({ kind: 'set_part', pictures: [7], part: null }, state).state.pictures.get(7)?.part).toBe(null);
  });

  it('adds a class at the end', () => {
    const { state, label } = edited({ kind: 'add_class', name: 'fox' });
    expect(state.header.classes[3]).toEqual({ id: 3, name: 'fox' });
    expect(label).toEqual({ kind: 'add_class', count: 0, name: 'fox' });
  });

  it('renames a class in its place', () => {
    const { state } = edited({ kind: 'rename_class', class: 1, name: 'hound' });
    expect(namesOf(state)).toEqual(['cat', 'hound', '雀']);
    expect(idsIn(state, 1)).toEqual([1, 4, 7, 10]);
  });

  it('merges classes: all pictures go to one, the emptied ones go', () => {
    const { state, label } = edited({ kind: 'merge_classes', classes: [0, 1, 2], into: 1 });
    expect(namesOf(state)).toEqual(['dog']);
    expect(idsIn(state, 1)).toHaveLength(12);
    expect(label).toEqual({ kind: 'merge_classes', count: 8, name: 'dog' });
  });

  it('splits a class off; the old one stays, even when it is empty then', () => {
    const { state, label } = edited({ kind: 'split_off', pictures: [0, 3, 6, 9], name: 'kitten' });
    expect(namesOf(state)).toEqual(['cat', 'dog', '雀', 'kitten']);
    expect([idsIn(state, 0), idsIn(state, 3)]).toEqual([[], [0, 3, 6, 9]]);
    expect(label).toEqual({ kind: 'split_off', count: 4, name: 'kitten' });
  });

  it('removes a class with its pictures', () => {
    const { state, label } = edited({ kind: 'remove_class', class: 2 });
    expect([namesOf(state), state.pictures.size]).toEqual([['cat', 'dog'], 8]);
    expect(label).toEqual({ kind: 'remove_class', count: 4, name: '雀' });
  });

  it('sets how the pictures are split', () => {
    const splits = { order: 'shuffled', seed: 3, testShare: 0.1 } as const;
    expect(edited({ kind: 'set_splits', splits }).state.header.splits).toEqual(splits);
  });

  it.each<Edit>([
    { kind: 'rename_project', name: 'Pets ' },
    { kind: 'move', pictures: [0, 3], class: 0 },
    { kind: 'include', pictures: [1] },
    { kind: 'set_part', pictures: [1], part: null },
    { kind: 'rename_class', class: 0, name: 'cat' },
    { kind: 'merge_classes', classes: [1], into: 1 },
    { kind: 'set_splits', splits: { seed: 0, testShare: 0, order: 'given' } }
  ])('that changes nothing is none: %j', (edit) => {
    expect(changeOf(smallState(), edit)).toBeNull();
  });

  it.each<Edit>([
    { kind: 'move', pictures: [0, 99], class: 1 },
    { kind: 'remove', pictures: [99] },
    { kind: 'set_part', pictures: [99], part: 'test' },
    { kind: 'split_off', pictures: [99], name: 'fox' }
  ])('of a picture that is not there is refused: %j', (edit) => {
    expect(refusal(edit)).toMatchObject({ code: 'unknown_picture', params: { id: 99 } });
  });

  it.each<Edit>([
    { kind: 'move', pictures: [0], class: 9 },
    { kind: 'rename_class', class: 9, name: 'fox' },
    { kind: 'merge_classes', classes: [0, 9], into: 1 },
    { kind: 'merge_classes', classes: [0], into: 9 },
    { kind: 'remove_class', class: 9 }
  ])('of a class that is not there is refused: %j', (edit) => {
    expect(refusal(edit)).toMatchObject({ code: 'unknown_class', params: { id: 9 } });
  });

  it.each<[string, string]>([['café', 'cafe\u0301'], ['cafe\u0301', ' café ']])('to a name that looks like that of another class is refused: %j, %j', (there, asked) => {
    const { state } = edited({ kind: 'add_class', name: there });
    const edits: Edit[] = [{ kind: 'add_class', name: asked }, { kind: 'split_off', pictures: [0], name: asked }, { kind: 'rename_class', class: 0, name: asked }];
    for (const edit of edits) {
      expect(refusal(edit, state)).toMatchObject({ code: 'class_exists', params: { name: 'café' } });
    }
    expect(changeOf(state, { kind: 'rename_class', class: 3, name: asked })).toBeNull();
  });
});

describe('ids', () => {
  it('of a class that is gone, or whose addition was undone, name no other class', () => {
    const { state } = edited({ kind: 'remove_class', class: 2 });
    const fox = changeOf(state, { kind: 'add_class', name: 'fox' }) as Change;
    expect(fox.header?.after.classes[2]).toEqual({ id: 3, name: 'fox' });
    apply(state, fox);
    apply(state, invert(fox));
    expect(changeOf(state, { kind: 'add_class', name: 'wolf' })?.header?.after.classes[2]).toEqual({ id: 4, name: 'wolf' });
  });

  it('of pictures neither, and leave no trace in the bytes', () => {
    const state = smallState();
    const change = importOf(pictures(12, 5));
    apply(state, change);
    apply(state, invert(change));
    expect(state.nextId).toBe(17);
    expect(serialize(state)).toBe(serialize(smallState()));
  });
});

describe('a change', () => {
  const label = { kind: 'import', count: 0, name: '' } as const;
  const of = (...list: Change['pictures']): Change => ({ label, pictures: list });
  it.each<[string, Change, string]>([
    ['adds what is there', of(...added([picture(3)])), 'Picture 3 is to be added and is there already'],
    ['adds under another id', of({ id: 20, before: null, after: picture(21) }), 'Picture 20 calls itself 21'],
    ['removes what is not there', of(...removed([picture(40)])), 'Picture 40 is not there'],
    ['removes what looks otherwise', of(...removed([picture(3, { width: 1 })])), 'Picture 3 is not what "before" says'],
    ['begins elsewhere', of({ id: 3, before: { class: 1 }, after: { class: 2 } }), 'Picture 3 is not what "before" says'],
    ['sets other fields than it takes back', of({ id: 3, before: { class: 0 }, after: { excluded: true } }), 'Picture 3 has other fields before than after'],
    ['leads to a class that is not there', of(...changed([picture(3)], { class: 7 })), 'Picture 3 has the class 7, which the header does not list'],
    ['leads to a root that is not there', of(...added([picture(20, { root: 7 })])), 'Picture 20 has the root 7, which the header does not list'],
    ['changes a picture twice', of(...added([picture(20), picture(20, { class: 1 })])), 'A picture is changed twice'],
    ['begins with another header', { label, header: { before: { ...HEADER, name: 'Zoo' }, after: HEADER }, pictures: [] }, '"header" begins with another header than there is'],
    ['makes two classes of one name', { label, header: { before: HEADER, after: { ...HEADER, classes: [...HEADER.classes, { id: 3, name: 'dog' }] } }, pictures: [] }, 'The class "dog" is there twice'],
    ['takes a class from under its pictures', { label, header: { before: HEADER, after: { ...HEADER, classes: HEADER.classes.slice(1) } }, pictures: [] }, 'Picture 0 has the class 0, which the header does not list']
  ])('that %s is refused whole', (_, change, sentence) => {
    const state = smallState();
    // Something before it that would be fine alone.
    expect(() => apply(state, { ...change, pictures: [...added([picture(31)]), ...change.pictures] })).toThrow(sentence);
    expect(serialize(state)).toBe(serialize(smallState()));
  });
});
