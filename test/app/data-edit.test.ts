/** Putting pictures right in the real window, by mouse and by keyboard, and all of it undone to the start. */
import { renameSync } from 'node:fs';
import { basename } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectSummary } from '../../electron/contract';
import { album } from './albums';
import { type Running, answerDialogs, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { barriers, bringAxe, cutOff } from './readable';

const START = { Hemlock: 10, Japanese_Cherry: 10 };

describe('pictures and classes', () => {
  let running: Running;
  let page: Page;
  let data: DataPage;
  let folder: string;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    data = new DataPage(page);
    await bringAxe(page);
    folder = album();
    await answerDialogs(running.app, folder);
    await data.chooseFolder();
    await data.picturesShown();
  });
  afterAll(() => running.close());

  const press = (key: string): Promise<void> => page.keyboard.press(key);
  /** What main has: the window must show the same. */
  const project = async (): Promise<ProjectSummary> => {
    const open = (await sessionOf(page)).data?.project;
    if (!open) throw new Error('No project is open.');
    return open;
  };
  const excluded = async (): Promise<number> => (await project()).classes.reduce((sum, one) => sum + one.excluded, 0);
  const counts = async (expected: Record<string, number>): Promise<void> => {
    await expect.poll(() => data.classCounts()).toEqual(expected);
    const { classes } = await project();
    expect(Object.fromEntries(classes.map((one) => [one.name, one.train + one.validation + one.test + one.excluded]))).toEqual(expected);
  };
  const shown = async (total: number): Promise<void> => {
    await expect.poll(() => data.at('picture-grid').getAttribute('data-total')).toBe(String(total));
  };

  it('are all there, and nothing is selected', async () => {
    await counts(START);
    await shown(20);
    expect(await data.selected()).toBe(0);
    expect(await data.at('redo').isDisabled()).toBe(true);
  });

  it('are selected by click, with Ctrl and with Shift', async () => {
    await data.click(2);
    await expect.poll(() => data.selected()).toBe(1);
    await data.click(5, 'Shift');
    await expect.poll(() => data.selected()).toBe(4);
    await data.click(3, 'Control');
    await expect.poll(() => data.selected()).toBe(3);
    await data.click(9);
    await expect.poll(() => data.selected()).toBe(1);
  });

  it('are selected by keyboard, and read out', async () => {
    await data.at('picture-grid').focus();
    await press('Home');
    await press('Escape');
    await expect.poll(() => data.selected()).toBe(0);
    expect(await data.focusedPicture()).toMatch(/^Hemlock\/.+, class Hemlock, Training$/);
    await press('Space');
    await press('Shift+ArrowRight');
    await press('Shift+ArrowRight');
    await expect.poll(() => data.selected()).toBe(3);
    expect(await data.at('picture-focus').getAttribute('aria-selected')).toBe('true');
    expect(await data.at('picture-focus').getAttribute('aria-posinset')).toBe('3');
    await press('Control+a');
    await expect.poll(() => data.selected()).toBe(20);
    await press('Escape');
  });

  it('move by being dragged onto a class', async () => {
    await data.click(0);
    await data.click(2, 'Shift');
    await expect.poll(() => data.selected()).toBe(3);
    await data.dragTo(1, 'Japanese_Cherry');
    await counts({ Hemlock: 7, Japanese_Cherry: 13 });
    await expect.poll(() => data.toasts.first().textContent()).toContain('Moved 3 pictures to Japanese_Cherry');
    // As many as there were: none is lost on the way.
    await shown(20);
  });

  it('move from the bar, to a class found by some of its name', async () => {
    await data.at('selection-clear').click();
    await data.click(4);
    await data.at('selection-move').click();
    await data.at('selection-move-text').fill('cherry');
    await press('Enter');
    await counts({ Hemlock: 6, Japanese_Cherry: 14 });
  });

  it('become a class of their own', async () => {
    await data.onlyClass('Hemlock');
    await shown(6);
    await data.at('picture-grid').focus();
    await press('Control+a');
    await expect.poll(() => data.selected()).toBe(6);
    await press('Home');
    await press('Escape');
    await press('Space');
    await expect.poll(() => data.selected()).toBe(1);
    await data.at('selection-move').click();
    await data.at('selection-move-text').fill('Larch');
    await press('Enter');
    await counts({ Hemlock: 5, Japanese_Cherry: 14, Larch: 1 });
    await data.onlyClass('Hemlock');
    await shown(20);
  });

  it('are excluded and taken back with a key, a part of their own each', async () => {
    await data.click(0);
    await data.click(1, 'Control');
    await press('e');
    await expect.poll(excluded).toBe(2);
    await data.at('part-excluded').click();
    await shown(2);
    await press('Control+z');
    await expect.poll(excluded).toBe(0);
    await press('Control+Shift+z');
    await expect.poll(excluded).toBe(2);
    await data.at('part-all').click();
    await shown(20);
    await data.click(0);
    await expect.poll(() => data.at('selection-exclude').textContent()).toContain('Include');
    await data.at('selection-exclude').click();
    await expect.poll(excluded).toBe(1);
  });

  it('go to a part', async () => {
    await data.click(6);
    await data.at('selection-part').click();
    await data.at('menu-test').click();
    await expect.poll(async () => (await project()).classes.reduce((sum, one) => sum + one.test, 0)).toBe(1);
    await data.at('part-test').click();
    await shown(1);
    await data.at('part-all').click();
  });

  it('are looked at one after the other', async () => {
    await shown(20);
    await data.at('picture-grid').focus();
    await press('Home');
    const first = await data.focusedPicture();
    await press('Enter');
    await data.at('viewer').waitFor();
    await expect.poll(() => data.at('viewer-path').textContent()).toContain(basename(first.split(',')[0] ?? ''));
    expect(await barriers(data)).toEqual([]);
    await running.shot('data-viewer');
    await press('ArrowRight');
    await press('ArrowRight');
    await expect.poll(() => data.at('viewer').textContent()).toContain('3 of 20');
    const [before, total] = [await excluded(), 20];
    await press('e');
    await expect.poll(excluded).toBe(before + 1);
    await press('Delete');
    await expect.poll(() => data.at('viewer').textContent()).toContain(`3 of ${total - 1}`);
    await press('Escape');
    await data.at('viewer').waitFor({ state: 'detached' });
    expect(await data.at('picture-grid').evaluate((grid) => grid === document.activeElement)).toBe(true);
  });

  it('are removed with a key', async () => {
    await shown(19);
    await data.at('picture-grid').focus();
    await press('End');
    await press('Escape');
    await press('Delete');
    await shown(18);
  });

  it('are found by name', async () => {
    const name = basename((await data.focusedPicture()).split(',')[0] ?? '');
    await data.at('picture-search').fill(name.toUpperCase());
    await shown(1);
    await data.at('picture-search').fill('there is no such file');
    await data.at('nothing').waitFor();
    await data.at('picture-search').fill('');
    await shown(18);
  });

  it('have classes renamed in place, by double click and by key', async () => {
    await data.at(`class-${await data.classId('Larch')}`).dblclick();
    await data.at('class-name').fill('Spruce');
    await press('Enter');
    await expect.poll(() => data.classCounts()).toHaveProperty('Spruce');
    await press('F2');
    await data.at('class-name').fill('Never');
    await press('Escape');
    expect(Object.keys(await data.classCounts())).toEqual(['Hemlock', 'Japanese_Cherry', 'Spruce']);
    await data.inMenuOf('Spruce', 'rename');
    await data.at('class-name').fill('日本の桜');
    await press('Enter');
    await expect.poll(() => data.classCounts()).toHaveProperty('日本の桜');
  });

  it('have classes added, merged, emptied and removed', async () => {
    await data.at('class-add').click();
    await data.at('class-add-name').fill('Yew');
    await press('Enter');
    await expect.poll(() => data.classCounts()).toHaveProperty('Yew', 0);
    const before = await data.classCounts();
    await data.inMenuOf('日本の桜', 'merge');
    await data.at('class-merge-text').fill('hem');
    await press('Enter');
    await expect.poll(() => data.classCounts()).toEqual({ Hemlock: (before['Hemlock'] ?? 0) + (before['日本の桜'] ?? 0), Japanese_Cherry: before['Japanese_Cherry'], Yew: 0 });
    await data.inMenuOf('Japanese_Cherry', 'exclude');
    await expect.poll(async () => (await project()).classes.find(({ name }) => name === 'Japanese_Cherry')?.train).toBe(0);
    await data.inMenuOf('Japanese_Cherry', 'remove');
    await expect.poll(async () => Object.keys(await data.classCounts())).toEqual(['Hemlock', 'Yew']);
  });

  it('keep nobody out while all of this is open', async () => {
    await data.click(0);
    await data.click(1, 'Control');
    await press('e');
    for (const theme of ['light', 'dark'] as const) {
      await data.setTheme(theme);
      expect(await barriers(data), theme).toEqual([]);
      await running.shot(`data-edit-${theme}`);
    }
    await data.at('selection-move').click();
    await data.at('selection-move-text').waitFor();
    expect(await barriers(data), 'choosing a class').toEqual([]);
    await press('Escape');
    for (const locale of ['ja', 'en'] as const) {
      await data.setLanguage(locale);
      await data.settled();
      expect(await cutOff(page), locale).toEqual([]);
    }
  });

  it('leave typing its own undo', async () => {
    const { revision } = await project();
    await data.at('picture-search').pressSequentially('hem');
    await press('Control+z');
    expect((await project()).revision).toBe(revision);
    await data.at('picture-search').fill('');
  });

  it('are undone to the start, and made again to the end', async () => {
    const end = (await project()).classes;
    await data.at('picture-grid').focus();
    let steps = 0;
    // The import itself stays.
    for (; (await project()).undo?.kind !== 'import'; steps++) {
      const { revision } = await project();
      await press('Control+z');
      await expect.poll(async () => (await project()).revision).toBeGreaterThan(revision);
      await expect.poll(async () => data.at('redo').isEnabled()).toBe(true);
    }
    expect(steps).toBeGreaterThan(12);
    await counts(START);
    await shown(20);
    expect(await excluded()).toBe(0);
    for (let step = 0; step < steps; step++) {
      const { revision } = await project();
      await data.at('redo').click();
      await expect.poll(async () => (await project()).revision).toBeGreaterThan(revision);
    }
    expect((await project()).classes).toEqual(end);
  });

  it('that vanish while one is elsewhere are told of when one is back, until they are there again', async () => {
    // Without a window manager no window loses the focus by itself.
    const comeBack = (): Promise<boolean> => page.evaluate(() => window.dispatchEvent(new Event('focus')));
    const all = (await project()).classes.reduce((sum, one) => sum + one.train + one.validation + one.test + one.excluded, 0);
    renameSync(folder, `${folder}-away`);
    await comeBack();
    await expect.poll(() => data.at('missing-0').getAttribute('data-value')).toBe(String(all));
    await running.shot('data-vanished');
    renameSync(`${folder}-away`, folder);
    await comeBack();
    await data.at('missing-0').waitFor({ state: 'detached' });
  });

  it('have not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});
