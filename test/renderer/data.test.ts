/** The pictures' state in the window: edits one after the other, each told with its way back; queries and counts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ChangeLabel, type DataSummary, TsugikiError, emptySession, tutorialRecipe } from '../../electron/contract';
import { changeSentence } from '../../renderer/lib/changes';
import { data } from '../../renderer/state/data.svelte';
import { pictures } from '../../renderer/state/pictures.svelte';
import { preferences } from '../../renderer/state/preferences.svelte';
import { recipe } from '../../renderer/state/recipe.svelte';
import { countExcluded, toggleExcluded } from '../../renderer/state/selection.svelte';
import { session } from '../../renderer/state/session.svelte';
import { toasts } from '../../renderer/state/toasts.svelte';
import { answer, dataSummary, projectSummary } from './bridge';

const moved: ChangeLabel = { kind: 'move', count: 3, name: 'cat' };
const removed: ChangeLabel = { kind: 'remove', count: 1, name: '' };
const after = (revision: number, undo: ChangeLabel | null, redo: ChangeLabel | null = null, part: Partial<DataSummary> = {}): DataSummary =>
  dataSummary({ project: projectSummary({ revision, undo, redo }), ...part });
const texts = (): string[] => toasts.list.map(({ text }) => text);

beforeEach(() => {
  preferences.adopt({ locale: 'en', theme: 'system' });
  session.adopt({ ...emptySession(), data: dataSummary() });
  pictures.show(null);
});
afterEach(() => {
  for (const { id } of [...toasts.list]) toasts.dismiss(id);
  vi.unstubAllGlobals();
});

describe('opening', () => {
  it('takes back what was said of the way that failed before', async () => {
    answer({ 'data:open': () => Promise.reject(new TsugikiError('no_data', 'x')) });
    expect(await data.open({ kind: 'cifar10' })).toBe(false);
    expect(toasts.list.map(({ tone }) => tone)).toEqual(['problem']);
    answer({ 'data:open': () => Promise.reject(new TsugikiError('stopped', 'x')) });
    expect(await data.open({ kind: 'sample' })).toBe(false);
    expect(toasts.list).toEqual([]);
  });
});

describe('bringing in', () => {
  it('one thing at a time, and says so of what comes meanwhile', async () => {
    const ends: (() => void)[] = [];
    const asked = answer({ 'data:import': () => new Promise((resolve) => ends.push(() => resolve({ summary: after(2, moved), report: { added: 1, already: 0, moved: 0, skipped: [], loose: 0, stopped: false } }))) });
    const first = data.importPaths(['/a'], 'cat');
    expect(await data.importPaths(['/b'], 'cat')).toBeNull();
    expect(await data.open({ kind: 'sample' })).toBe(false);
    expect(texts()).toEqual(Array(2).fill('Other pictures are being added just now. Try again when that is done.'));
    await vi.waitFor(() => expect(ends).toHaveLength(1));
    ends[0]?.();
    expect((await first)?.added).toBe(1);
    expect(asked.map(({ name }) => name)).toEqual(['data:import']);
  });

  it('opens what is clicked twice once, without a word', async () => {
    const ends: (() => void)[] = [];
    answer({ 'data:open': () => new Promise((_, reject) => ends.push(() => reject(new TsugikiError('stopped', 'x')))) });
    const first = data.open({ kind: 'sample' });
    expect(await data.open({ kind: 'sample' })).toBe(false);
    expect(texts()).toEqual([]);
    expect(await data.open({ kind: 'cifar10' })).toBe(false);
    expect(texts()).toEqual(['Something else is being opened just now. Try again when that is done.']);
    ends[0]?.();
    expect(await first).toBe(false);
  });
});

describe('an edit', () => {
  it('is made, told, and offers the way back', async () => {
    answer({ 'data:edit': () => after(2, moved), 'data:undo': () => after(3, null, moved), 'data:redo': () => after(4, moved) });
    expect(await data.edit({ kind: 'move', pictures: [1, 2, 4], class: 0 })).toBe(true);
    expect(data.project?.revision).toBe(2);
    expect(texts()).toEqual(['Moved 3 pictures to cat']);
    expect(toasts.list[0]?.actions.map(({ label }) => label)).toEqual(['Undo']);
    toasts.list[0]?.actions[0]?.run();
    await vi.waitFor(() => expect(data.project?.revision).toBe(3));
    expect(texts()).toEqual(['Undone: Moved 3 pictures to cat']);
    expect(await data.redo()).toBe(true);
    expect(texts(), 'one notice at a time').toEqual(['Moved 3 pictures to cat']);
  });

  it('waits for the one before', async () => {
    const done: string[] = [];
    let revision = 1;
    const asked = answer({
      'data:edit': async ({ edit }) => {
        done.push(`${edit.kind} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        done.push(`${edit.kind} ends`);
        return after(++revision, removed);
      },
      'data:undo': () => after(++revision, null, removed)
    });
    const all = Promise.all([data.edit({ kind: 'remove', pictures: [1] }), data.edit({ kind: 'exclude', pictures: [2] }), data.undo()]);
    expect(data.busy).toBe(true);
    expect(await all).toEqual([true, true, true]);
    expect(data.busy).toBe(false);
    expect(done).toEqual(['remove begins', 'remove ends', 'exclude begins', 'exclude ends']);
    expect(asked.map(({ name }) => name)).toEqual(['data:edit', 'data:edit', 'data:undo']);
  });

  it('that is refused says why, and leaves everything as it was', async () => {
    answer({ 'data:edit': () => Promise.reject(new TsugikiError('never_heard_of', 'There is a class of that name already.')) });
    expect(await data.edit({ kind: 'add_class', name: 'cat' })).toBe(false);
    expect(texts()).toEqual(['There is a class of that name already.']);
    expect(data.project?.revision).toBe(1);
    expect(data.busy).toBe(false);
  });

  it('asks for nothing when there is nothing to undo or redo', async () => {
    const asked = answer({});
    expect([await data.undo(), await data.redo()]).toEqual([false, false]);
    expect(asked).toEqual([]);
  });

  it('keeps a recipe training on all pictures, and leaves another one alone', async () => {
    answer({ 'data:edit': () => after(2, removed, null, { trainCount: 8 }) });
    recipe.adopt({ ...tutorialRecipe(), limit: 9 });
    await data.edit({ kind: 'remove', pictures: [1] });
    expect(recipe.now.limit).toBe(8);
    recipe.adopt({ ...tutorialRecipe(), limit: 5 });
    await data.edit({ kind: 'remove', pictures: [2] });
    expect(recipe.now.limit).toBe(5);
  });

  it('excludes, and takes back what is excluded altogether', async () => {
    let excluded: number[] = [4];
    const asked = answer({ 'data:ids': ({ query }) => (query.only ?? []).filter((id) => excluded.includes(id)), 'data:edit': () => after(2, removed) });
    await toggleExcluded([4, 5]);
    excluded = [4, 5];
    expect(await countExcluded([5, 6])).toBe(1);
    await toggleExcluded([4, 5]);
    expect(asked.filter(({ name }) => name === 'data:edit').map(({ input }) => (input as { edit: { kind: string } }).edit.kind)).toEqual(['exclude', 'include']);
  });
});

describe('a change in words', () => {
  it('says what, how many, and to what, in both languages', () => {
    expect(changeSentence(removed)).toBe('Removed 1 picture');
    expect(changeSentence({ kind: 'set_part', count: 2000, name: 'test' })).toBe('Put 2,000 pictures into the part Test');
    preferences.adopt({ locale: 'ja', theme: 'system' });
    expect(changeSentence(moved)).toBe('3 枚を「cat」に移しました');
  });
});

describe('what the grid shows', () => {
  it('is all at first, and counted by part and class', () => {
    expect(pictures.query).toEqual({ part: 'all', class: null, text: '', only: null });
    expect(['all', 'train', 'validation', 'test', 'excluded'].map((part) => pictures.count(part as 'all'))).toEqual([14, 9, 1, 3, 1]);
    pictures.class = 3;
    expect([pictures.count('all'), pictures.count('train')]).toEqual([4, 3]);
  });

  it('can be a few that are named, and all again', () => {
    pictures.part = 'test';
    pictures.class = 3;
    pictures.text = ' paw ';
    expect(pictures.query).toEqual({ part: 'test', class: 3, text: 'paw', only: null });
    pictures.show([7, 2], 'near duplicates');
    expect(pictures.query).toEqual({ part: 'all', class: null, text: '', only: [7, 2] });
    expect(pictures.shown?.title).toBe('near duplicates');
    pictures.show(null);
    expect(pictures.query.only).toBeNull();
  });

  it('forgets a class that a change has taken away', async () => {
    pictures.class = 3;
    const { classes } = projectSummary();
    answer({ 'data:edit': () => dataSummary({ project: projectSummary({ revision: 2, undo: removed, classes: classes.slice(0, 1) }) }) });
    await data.edit({ kind: 'remove_class', class: 3 });
    expect(pictures.class).toBeNull();
  });
});
