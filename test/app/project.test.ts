/** A project as a person has it: made of a folder, found again, moved, copied, double-clicked, forgotten. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput, DataSummary, PictureCard, PictureQuery, Wish } from '../../electron/contract';
import { electronPath } from '../../scripts/setup/electron.mjs';
import { album, madeAlbum, newFolder } from './albums';
import { REPO, type Running, answerDialogs, call, display, launch, sessionOf } from './harness';
import { madePicture, png } from './pictures';

const ALL: PictureQuery = { part: 'all', class: null, text: '', only: null };
const QUICK: CallInput<'train:start'>['recipe'] = { alpha: 0.35, inputSize: 32, head: [], phases: [{ name: 'frozen', epochs: 1 }] };

const openPath = (page: Page, path: string): Promise<DataSummary> => call(page, 'data:open', { source: { kind: 'path', path } });
const cards = async (page: Page): Promise<PictureCard[]> => (await call(page, 'data:thumbnails', { query: ALL, offset: 0, count: 500 })).pictures;
const directoryOf = ({ project }: DataSummary): string => project?.directory ?? '';
const counts = ({ project }: DataSummary): Record<string, number> =>
  Object.fromEntries((project?.classes ?? []).map((one) => [one.name, one.train + one.validation + one.test + one.excluded]));
/** The project that main has open; null on the first screen. */
const openNow = async (page: Page): Promise<string | null> => (await sessionOf(page)).data?.project?.directory ?? null;

describe('a project', () => {
  let running: Running;
  let page: Page;
  let pictures: string;
  let made: DataSummary;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    pictures = album();
  });
  afterAll(() => running.close());

  const restart = async (args: string[] = []): Promise<void> => {
    const { userData } = running;
    await running.close('keep');
    running = await launch({ userData, args });
    page = running.page;
  };

  it('is made of a folder, in a folder of its own, and copies nothing', async () => {
    made = await openPath(page, pictures);
    expect(counts(made)).toEqual({ Hemlock: 10, Japanese_Cherry: 10 });
    expect(made.source).toEqual({ kind: 'project', path: directoryOf(made) });
    expect(directoryOf(made)).toBe(join(running.userData, 'projects', basename(pictures).toLowerCase()));
    expect(readdirSync(directoryOf(made))).not.toContain('pictures');
  });

  it('is there again on the next start, with what was changed', async () => {
    const [first] = await cards(page);
    await call(page, 'data:edit', { edit: { kind: 'rename_project', name: '庭の木' } });
    const changed = await call(page, 'data:edit', { edit: { kind: 'split_off', pictures: [first?.id ?? -1], name: '新しい' } });
    await restart();
    // Before the engine has read anything.
    expect((await sessionOf(page)).data).toMatchObject({ name: '庭の木', classNames: changed.classNames });
    expect(await openPath(page, directoryOf(made))).toEqual({ ...changed, project: { ...changed.project, revision: expect.any(Number) as number } });
    expect(await call(page, 'data:undo', undefined)).toMatchObject({ name: '庭の木', classNames: made.classNames });
  });

  it('that is open already stays open, by its folder or its file, even while a run is going on; no other is opened then', async () => {
    await call(page, 'train:start', { recipe: QUICK, weights: 'random' });
    await call(page, 'train:pause', undefined);
    for (const path of [directoryOf(made), join(directoryOf(made), 'project.tsugiki')]) expect(directoryOf(await openPath(page, path))).toBe(directoryOf(made));
    await expect(openPath(page, pictures)).rejects.toThrow('A training is under way');
    await expect(call(page, 'data:close', undefined)).rejects.toThrow('A training is under way');
    await call(page, 'train:continue', undefined);
    await expect.poll(async () => (await sessionOf(page)).status, { timeout: 120_000 }).toBe('finished');
    expect((await sessionOf(page)).model).toMatch(join(directoryOf(made), 'runs'));
  });

  it('moves where the person says, with its runs, and leaves nothing behind', async () => {
    const target = newFolder();
    await answerDialogs(running.app, null);
    expect(await call(page, 'project:save_as', undefined)).toBeNull();
    // The name is taken there.
    mkdirSync(join(target, '庭の木'));
    await answerDialogs(running.app, target);
    const moved = await call(page, 'project:save_as', undefined);
    expect(moved && directoryOf(moved)).toBe(join(target, '庭の木-2'));
    expect(existsSync(directoryOf(made))).toBe(false);
    const session = await sessionOf(page);
    expect(session).toMatchObject({ status: 'finished', data: { name: '庭の木' } });
    expect(session.model?.startsWith(join(target, '庭の木-2', 'runs'))).toBe(true);
    expect((await call(page, 'project:recent', undefined)).map(({ path }) => path)).toEqual([join(target, '庭の木-2')]);
    made = moved ?? made;
  });

  it('is not moved into itself', async () => {
    await answerDialogs(running.app, join(directoryOf(made), 'runs'));
    await expect(call(page, 'project:save_as', undefined)).rejects.toThrow('lies inside of the project');
    expect(await cards(page)).toHaveLength(20);
  });

  it('closes, and brings its last run and its model back when it is opened again', async () => {
    await call(page, 'data:close', undefined);
    expect(await sessionOf(page)).toMatchObject({ data: null, runId: null, model: null, status: 'idle' });
    await restart();
    expect((await sessionOf(page)).data).toBeNull();
    // As if it had come from another machine.
    const elsewhere = join(newFolder(), 'copied');
    renameSync(directoryOf(made), elsewhere);
    made = await openPath(page, elsewhere);
    const session = await sessionOf(page);
    expect(session).toMatchObject({ status: 'finished', epochs: [{ phase: 0, epoch: 0 }] });
    expect(session.model?.startsWith(elsewhere)).toBe(true);
    const answer = await page.evaluate((bytes) => (Reflect.get(window, 'tsugiki') as { call(name: string, input: unknown): Promise<unknown> })
      .call('classify:picture', { bytes: new Uint8Array(bytes), name: 'made.png' }), [...png(madePicture(1))]);
    expect(answer).toMatchObject({ ok: true, value: { top: [{}, {}] } });
  });

  it('is opened by what the application is started with, and handed over by a second start', async () => {
    const other = await openPath(page, madeAlbum(8));
    await restart([join(directoryOf(made), 'project.tsugiki')]);
    await expect.poll(() => openNow(page), { timeout: 30_000 }).toBe(directoryOf(made));
    const second: ChildProcess = spawn(electronPath(), ['--no-sandbox', REPO, directoryOf(other)], { env: { ...process.env, DISPLAY: await display(), TSUGIKI_USER_DATA: running.userData }, stdio: 'ignore' });
    const ended = new Promise((resolve) => second.once('exit', resolve));
    await expect.poll(() => openNow(page), { timeout: 30_000 }).toBe(directoryOf(other));
    await ended;
  });

  it('stands in the list of recent ones and in the menu, newest first, until its folder is gone or it is forgotten', async () => {
    const recent = await call(page, 'project:recent', undefined);
    expect(recent).toMatchObject([{ name: (await sessionOf(page)).data?.name, pictures: 8, classes: 4 }, { name: '庭の木', pictures: 20, classes: 2 }]);
    const listed = (): Promise<string[] | undefined> =>
      running.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items[0]?.submenu?.items[2]?.submenu?.items.map(({ label }) => label));
    expect(await listed()).toEqual(recent.map(({ name }) => name));
    renameSync(directoryOf(made), `${directoryOf(made)}-away`);
    expect((await call(page, 'project:recent', undefined)).map(({ pictures }) => pictures)).toEqual([8]);
    renameSync(`${directoryOf(made)}-away`, directoryOf(made));
    expect((await call(page, 'project:forget', { path: directoryOf(made) })).map(({ pictures }) => pictures)).toEqual([8]);
    expect(await listed()).toHaveLength(1);
    expect(existsSync(join(directoryOf(made), 'project.tsugiki'))).toBe(true);
  });

  it('wishes of the menu reach the window', async () => {
    await page.evaluate(() => {
      const seen: unknown[] = [];
      Reflect.set(window, 'wishesSeen', seen);
      (Reflect.get(window, 'tsugiki') as { on(name: string, listener: (wish: unknown) => void): void }).on('wish', (wish) => seen.push(wish));
    });
    await running.app.evaluate(({ Menu }) => {
      const [undo, redo] = Menu.getApplicationMenu()?.items[1]?.submenu?.items ?? [];
      undo?.click();
      redo?.click();
    });
    await expect.poll(() => page.evaluate(() => Reflect.get(window, 'wishesSeen') as Wish[])).toEqual([{ kind: 'undo' }, { kind: 'redo' }]);
  });
});

describe('pictures that have moved', () => {
  it('are asked for, and found by their content under other names', async () => {
    const running = await launch();
    const { page } = running;
    const pictures = album();
    const made = await openPath(page, pictures);
    const before = await cards(page);
    await call(page, 'data:close', undefined);

    const copy = join(newFolder(), 'copy');
    cpSync(directoryOf(made), copy, { recursive: true });
    const elsewhere = join(newFolder(), 'elsewhere');
    renameSync(pictures, elsewhere);
    const hemlock = readdirSync(join(elsewhere, 'Hemlock')).sort();
    hemlock.forEach((file, i) => renameSync(join(elsewhere, 'Hemlock', file), join(elsewhere, 'Hemlock', `renamed-${i}`)));

    const opened = await openPath(page, copy);
    expect(directoryOf(opened)).toBe(copy);
    expect(opened.project?.missing).toEqual([{ root: expect.any(Number) as number, path: pictures, count: 20 }]);
    const root = opened.project?.missing[0]?.root ?? -1;
    await answerDialogs(running.app, null);
    expect(await call(page, 'data:relocate', { root, path: null })).toBeNull();
    await answerDialogs(running.app, elsewhere);
    const mended = await call(page, 'data:relocate', { root, path: null });
    expect(mended?.project?.missing).toEqual([]);
    const after = await cards(page);
    expect(after.map((card) => ({ ...card, file: '' }))).toEqual(before.map((card) => ({ ...card, file: '' })));
    for (const [i, file] of hemlock.entries()) {
      const [index] = before.flatMap((card, at) => (card.file.endsWith(`Hemlock/${file}`) ? [at] : []));
      expect(after[index ?? -1]?.file).toBe(`Hemlock/renamed-${i}`);
    }
    await running.close();
  });
});

describe('a start without the project of last time', () => {
  it.each([
    ['is gone', (project: string) => renameSync(project, `${project}-away`)],
    ['is newer than the app', (project: string) => {
      const file = join(project, 'project.tsugiki');
      writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), version: 99 }));
    }],
    ['is damaged', (project: string) => writeFileSync(join(project, 'pictures.jsonl'), 'nothing of a project')]
  ])('because it %s says so and begins at the first screen', async (_what, spoil) => {
    const first = await launch();
    const made = await openPath(first.page, madeAlbum(4));
    await first.close('keep');
    spoil(directoryOf(made));
    const second = await launch({ userData: first.userData });
    await expect.poll(() => openNow(second.page), { timeout: 30_000 }).toBeNull();
    await second.page.getByTestId('toast').waitFor();
    await second.page.getByTestId('door-sample').waitFor();
    expect(JSON.parse(readFileSync(join(first.userData, 'current.json'), 'utf8'))).toEqual({ project: null });
    // Nothing else is disturbed by it.
    expect(counts(await openPath(second.page, madeAlbum(4)))).toEqual({ ash: 1, birch: 1, cedar: 1, dogwood: 1 });
    await second.close();
  });
});

describe('pictures without a project', () => {
  it('make one: of files with a class, and none where they are refused', async () => {
    const running = await launch();
    const { page } = running;
    await expect(call(page, 'data:import', { paths: [join(newFolder(), 'none')], className: null })).rejects.toThrow('does not exist');
    expect(await openNow(page)).toBeNull();
    expect(existsSync(join(running.userData, 'projects')) ? readdirSync(join(running.userData, 'projects')) : []).toEqual([]);
    const folder = madeAlbum(6, 1, ['猫']);
    const paths = readdirSync(join(folder, '猫')).map((file) => join(folder, '猫', file));
    const { summary, report } = await call(page, 'data:import', { paths, className: '猫' });
    expect(report).toMatchObject({ added: 6, already: 0, loose: 0, stopped: false });
    expect(directoryOf(summary)).toBe(join(running.userData, 'projects', '猫'));
    expect(counts(summary)).toEqual({ 猫: 6 });
    await running.close();
  });
});
