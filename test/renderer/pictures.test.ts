/** Pages of pictures: what is asked for, what is shown while it comes, and what is thrown away. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallInput, Thumbnails } from '../../electron/contract';
import { enlargement, everyPicture, PAGE_PICTURES, PictureSource } from '../../renderer/lib/pictures';
import { answer } from './bridge';

const TOTAL = 20_000;

/** The picture at a position has the position as id, and is of the class that the revision says. */
const page = ({ offset, count }: CallInput<'data:thumbnails'>, revision: number): Thumbnails => ({
  size: 1, pixels: new Uint8Array(3 * count), offset, total: TOTAL, revision,
  pictures: Array.from({ length: count }, (_, i) => ({ id: offset + i, file: `${offset + i}.png`, class: revision, part: 'train', excluded: false }))
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => vi.stubGlobal('document', { createElement: () => ({ getContext: () => null }) }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('a source of pictures', () => {
  it('asks once for each page, with the query', async () => {
    const asked = answer({ 'data:thumbnails': (wish) => page(wish, 1) });
    const query = { ...everyPicture('test'), class: 3, text: 'paw' };
    const source = new PictureSource(query, 1, () => undefined);
    expect(source.page(2)).toBeNull();
    expect(source.card(2 * PAGE_PICTURES + 7)).toBeNull();
    await settled();
    expect(source.total).toBe(TOTAL);
    expect(source.card(2 * PAGE_PICTURES + 7)?.id).toBe(2 * PAGE_PICTURES + 7);
    expect(asked).toEqual([{ name: 'data:thumbnails', input: { query, offset: 2 * PAGE_PICTURES, count: PAGE_PICTURES } }]);
  });

  it('shows the old page until the new one has come', async () => {
    let revision = 1;
    const asked = answer({ 'data:thumbnails': (wish) => page(wish, revision) });
    const source = new PictureSource(everyPicture('all'), 1, () => undefined);
    source.page(0);
    await settled();
    source.refresh((revision = 2));
    expect(source.card(0)?.class, 'while it comes').toBe(1);
    expect(source.card(0)?.class, 'asked once').toBe(1);
    await settled();
    expect(source.card(0)?.class).toBe(2);
    expect(asked).toHaveLength(2);
  });

  it('asks one question a page at a time, and again when an edit has overtaken the answer', async () => {
    const waiting: ((revision: number) => void)[] = [];
    answer({ 'data:thumbnails': (wish) => new Promise((resolve) => waiting.push((revision) => resolve(page(wish, revision)))) });
    const source = new PictureSource(everyPicture('all'), 1, () => undefined);
    source.page(0);
    source.refresh(2);
    source.page(0);
    source.refresh(3);
    source.page(0);
    expect(waiting).toHaveLength(1);
    waiting[0]?.(1);
    await settled();
    expect(source.card(0)?.class, 'better than none').toBe(1);
    expect(waiting).toHaveLength(2);
    waiting[1]?.(3);
    await settled();
    expect(source.card(0)?.class).toBe(3);
    expect(waiting).toHaveLength(2);
  });

  it('lets pages that are out of sight by then go', async () => {
    const waiting: (() => void)[] = [];
    const asked = answer({ 'data:thumbnails': (wish) => new Promise((resolve) => waiting.push(() => resolve(page(wish, 1)))) });
    let seen = [0];
    const look = (): void => seen.forEach((index) => source.page(index));
    const source: PictureSource = new PictureSource(everyPicture('all'), 1, look);
    for (seen of [[0], [1], [2], [3], [4, 5]]) look();
    while (waiting.length > 0) {
      waiting.shift()?.();
      await settled();
    }
    expect(asked.map(({ input }) => (input as { offset: number }).offset / PAGE_PICTURES)).toEqual([0, 1, 4, 5]);
  });

  it('keeps a bounded number of pages, those looked at last', async () => {
    const asked = answer({ 'data:thumbnails': (wish) => page(wish, 1) });
    const source = new PictureSource(everyPicture('all'), 1, () => undefined);
    for (let index = 0; index < TOTAL / PAGE_PICTURES; index++) {
      source.page(0);
      source.page(index);
      await settled();
    }
    expect(source.page(0)).not.toBeNull();
    expect(source.page(1)).toBeNull();
    expect(asked.filter(({ input }) => (input as { offset: number }).offset === 0)).toHaveLength(1);
  });

  it('says what went wrong, and can be asked again', async () => {
    let well = false;
    answer({ 'data:thumbnails': (wish) => (well ? page(wish, 1) : Promise.reject(new Error('gone'))) });
    const told: unknown[] = [];
    const source = new PictureSource(everyPicture('all'), 1, (error) => told.push(error));
    source.page(0);
    await settled();
    expect(String(told[0])).toContain('gone');
    well = true;
    source.page(0);
    expect(told, 'not at once').toHaveLength(1);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5000);
    source.page(0);
    await settled();
    expect(told[1]).toBeUndefined();
    expect(source.card(0)?.id).toBe(0);
  });

  it('knows all ids of a revision after asking once', async () => {
    let ids = [3, 1, 2];
    const asked = answer({ 'data:ids': () => ids });
    const source = new PictureSource(everyPicture('excluded'), 1, () => undefined);
    expect(await source.ids()).toEqual([3, 1, 2]);
    expect(await source.ids()).toEqual([3, 1, 2]);
    expect(asked).toEqual([{ name: 'data:ids', input: { query: everyPicture('excluded') } }]);
    ids = [1];
    source.refresh(2);
    expect(await source.ids()).toEqual([1]);
  });
});

describe('a picture looked at closely', () => {
  it('is made to fit, and enlarged only where it is small, by whole pixels', () => {
    expect(enlargement(1000, 500, 500, 500)).toBe(0.5);
    expect(enlargement(300, 200, 1000, 1000)).toBe(1);
    expect(enlargement(32, 32, 100, 500)).toBe(3);
    expect(enlargement(32, 32, 2000, 2000)).toBe(8);
  });
});
