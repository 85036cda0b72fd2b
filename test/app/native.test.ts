/** The habits of a native application, watched from its main process: task bar, notifications, files dragged out, dialogs, menu. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput, Language, PictureQuery, Wish } from '../../electron/contract';
import { album, newFolder } from './albums';
import { type Running, answerDialogs, call, enginePid, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { until } from './until';

const ALL: PictureQuery = { part: 'all', class: null, text: '', only: null };
const QUICK: CallInput<'train:start'>['recipe'] = { alpha: 0.35, inputSize: 32, limit: 200, head: [], phases: [{ name: 'frozen', epochs: 2 }] };
const LONG: CallInput<'train:start'>['recipe'] = { ...QUICK, phases: [{ name: 'fine_tune', trainableFrom: 'all', epochs: 1000 }] };

/** What main was seen doing, kept in main itself. */
interface Seen {
  bars: { value: number; mode: string | undefined }[];
  told: { title: string; body: string }[];
  fronts: number;
  dragged: string[][];
  dialogs: (string | undefined)[];
  did: string[];
}

/** Watches main from here on. There is no desktop here, so whether somebody looks at the window is said by `look`. */
const watch = (running: Running): Promise<void> =>
  running.app.evaluate(({ BrowserWindow, Notification, app, shell }) => {
    const window = BrowserWindow.getAllWindows()[0]!;
    const seen: Seen = { bars: [], told: [], fronts: 0, dragged: [], dialogs: [], did: [] };
    const shown: Electron.Notification[] = [];
    Object.assign(globalThis, { seen, shown });
    window.setProgressBar = (value, options) => void seen.bars.push({ value, mode: options?.mode });
    window.focus = () => void seen.fronts++;
    window.webContents.startDrag = ({ file, files }) => void seen.dragged.push(files ?? [file]);
    Notification.isSupported = () => true;
    // Older ones show themselves by methods of their own, which are there by the time they are listened to.
    const on = Reflect.get(Notification.prototype, 'on') as (event: string, listener: () => void) => Electron.Notification;
    Reflect.set(Notification.prototype, 'on', function (this: Electron.Notification, event: string, listener: () => void) {
      this.show = () => {
        seen.told.push({ title: this.title, body: this.body });
        shown.push(this);
      };
      return on.call(this, event, listener);
    });
    shell.openPath = (path) => Promise.resolve(String(seen.did.push(`open ${path}`)));
    shell.showItemInFolder = (path) => void seen.did.push(`show ${path}`);
    app.showAboutPanel = () => void seen.did.push('about');
  });
const seen = (running: Running): Promise<Seen> => running.app.evaluate(() => Reflect.get(globalThis, 'seen') as Seen);
const forget = (running: Running): Promise<void> =>
  running.app.evaluate(() => void Object.assign(Reflect.get(globalThis, 'seen') as Seen, { bars: [], told: [], fronts: 0, dragged: [], dialogs: [], did: [] }));

/** The person looks at the window, or at something else. */
const look = (running: Running, at: boolean): Promise<void> =>
  running.app.evaluate(({ BrowserWindow, app }, focused) => {
    const window = BrowserWindow.getAllWindows()[0]!;
    window.isFocused = () => focused;
    if (focused) app.emit('browser-window-focus', {}, window);
  }, at);
const click = (running: Running, notification: number): Promise<void> =>
  running.app.evaluate((_electron, index) => void (Reflect.get(globalThis, 'shown') as Electron.Notification[])[index]?.emit('click'), notification);

const openSample = (page: Page): Promise<unknown> => call(page, 'data:open', { source: { kind: 'sample' } });

describe('a run, seen from outside of the window', () => {
  let running: Running;
  let page: Page;
  let first = '';
  beforeAll(async () => {
    running = await launch();
    page = running.page;
    await openSample(page);
    await watch(running);
  });
  afterAll(() => running.close());

  const train = async (recipe: typeof QUICK): Promise<string> => (await call(page, 'train:start', { weights: 'auto', recipe })).runId;
  const status = async (): Promise<string> => (await sessionOf(page)).status;
  const ended = (): Promise<void> => until(async () => (await status()) === 'finished', 'the training to end');

  it('shows how far it is, takes its bar away, and is told of in the person\'s language', async () => {
    await call(page, 'preferences:set', { locale: 'ja' });
    await look(running, false);
    await forget(running);
    first = await train(QUICK);
    await ended();
    const { bars, told } = await seen(running);
    const going = bars.slice(0, -1).filter(({ value }) => value <= 1);
    expect(bars.at(-1)).toEqual({ value: -1, mode: 'normal' });
    expect(going.length).toBeGreaterThan(5);
    expect(going.every(({ value, mode }) => value >= 0 && value <= 1 && mode === 'normal')).toBe(true);
    expect(going.at(-1)?.value).toBeGreaterThan(0.8);
    const { testAccuracy } = await sessionOf(page);
    expect(told).toEqual([{ title: '学習が終わりました', body: `テスト正解率: ${testAccuracy?.toFixed(2)}` }]);
  });

  it('is not told of to whoever looks at the window', async () => {
    await look(running, true);
    await forget(running);
    const second = await train(QUICK);
    await ended();
    expect((await seen(running)).told).toEqual([]);
    expect((await seen(running)).bars.at(-1)?.value).toBe(-1);
    expect((await sessionOf(page)).runId).toBe(second);
  });

  it('comes to the front and is opened by a click on what was told of it', async () => {
    await forget(running);
    await page.getByTestId('nav-data').click();
    await click(running, 0);
    await page.getByTestId('status-line').waitFor();
    await until(async () => (await sessionOf(page)).runId === first, 'the first run to be opened');
    expect((await seen(running)).fronts).toBe(1);
  });

  it('shows that it is paused, and that it was stopped on purpose needs no word', async () => {
    await look(running, false);
    await forget(running);
    await train(LONG);
    await call(page, 'train:pause', undefined);
    await until(async () => (await status()) === 'paused', 'the training to pause');
    expect((await seen(running)).bars.at(-1)?.mode).toBe('paused');
    await call(page, 'train:stop', undefined);
    await ended();
    expect((await seen(running)).bars.at(-1)?.value).toBe(-1);
    expect((await seen(running)).told).toEqual([]);
  });

  it('that broke off turns the bar to an error until the window is looked at', async () => {
    await call(page, 'preferences:set', { locale: 'en' });
    await forget(running);
    await train(LONG);
    await until(async () => (await sessionOf(page)).step !== null, 'a step');
    process.kill(enginePid(running.userData), 'SIGKILL');
    await until(async () => (await status()) === 'interrupted', 'the run to break off');
    const { bars, told } = await seen(running);
    expect(bars.at(-1)?.mode).toBe('error');
    expect(bars.at(-1)?.value).toBeGreaterThan(0);
    expect(told).toMatchObject([{ title: 'Training has stopped' }]);
    await look(running, true);
    expect((await seen(running)).bars.at(-1)).toEqual({ value: -1, mode: 'normal' });
  });

  it('shares its bar with other work that is waited for, and cancelling one leaves the other alone', async () => {
    await look(running, true);
    // The engine is a fresh one.
    await call(page, 'data:health', undefined);
    await forget(running);
    const answers = await page.evaluate(async (recipe) => {
      const { call: ask } = Reflect.get(window, 'tsugiki') as { call(name: string, input: unknown): Promise<{ ok: boolean; error?: { code: string } }> };
      const both = [ask('network:measure', { recipe, phase: 0 }), ask('data:label_doubts', undefined)];
      await ask('job:cancel', { job: 'label_doubts' });
      return Promise.all(both);
    }, LONG);
    expect(answers).toMatchObject([{ ok: true, value: { secondsPerEpoch: expect.any(Number) as number } }, { ok: false, error: { code: 'stopped' } }]);
    await until(async () => (await seen(running)).bars.at(-1)?.value === -1 || (await seen(running)).bars.length === 0, 'the bar to go');
    expect((await sessionOf(page)).stage).toBeNull();
    await forget(running);
    await call(page, 'data:health', undefined);
    const { bars } = await seen(running);
    expect(bars[0]?.value).toBeGreaterThanOrEqual(0);
    expect(bars.at(-1)?.value).toBe(-1);
  });
});

describe('pictures dragged out with Alt held', () => {
  let running: Running;
  let page: Page;
  let data: DataPage;
  beforeAll(async () => {
    running = await launch();
    page = running.page;
    data = new DataPage(page);
    await watch(running);
  });
  afterAll(() => running.close());

  const begun = (): Promise<void> => until(async () => (await seen(running)).dragged.length > 0, 'something to be dragged out');
  const dragged = async (): Promise<string[]> => {
    await begun();
    const { dragged: [files = []] } = await seen(running);
    await forget(running);
    return files;
  };
  /** @param held what is waited for before the button is let go */
  const drag = async (position: number, key: 'Alt' | null, held?: () => Promise<void>): Promise<void> => {
    const { x, y } = await data.square(position);
    if (key) await page.keyboard.down(key);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 30, y + 30, { steps: 6 });
    await held?.();
    await page.mouse.up();
    if (key) await page.keyboard.up(key);
  };
  const ids = (): Promise<number[]> => call(page, 'data:ids', { query: ALL });

  it('are their own files, all that are selected', async () => {
    await answerDialogs(running.app, album());
    await data.chooseFolder();
    await data.picturesShown();
    await data.click(2);
    await until(async () => (await data.selected()) === 1, 'one picture to be selected');
    await data.click(4, 'Shift');
    await until(async () => (await data.selected()) === 3, 'three to be selected');
    await drag(3, 'Alt', begun);
    const files = await dragged();
    const pictures = await Promise.all((await ids()).slice(2, 5).map((id) => call(page, 'data:picture', { id, size: 16 })));
    expect(files).toEqual(pictures.map(({ path }) => path));
    expect(files.every(existsSync)).toBe(true);
    // And nothing of them has moved to another class.
    expect((await sessionOf(page)).data?.project?.undo?.kind).toBe('import');
  });

  it('is the one under the hand where it is not selected, and none without Alt', async () => {
    await drag(7, 'Alt', begun);
    expect(await dragged()).toEqual([(await call(page, 'data:picture', { id: (await ids())[7]!, size: 16 })).path]);
    await drag(8, null);
    const { file } = await call(page, 'data:picture', { id: (await ids())[8]!, size: 16 });
    await until(async () => (await data.focusedPicture()).includes(file), 'the picture to be dragged inside of the window');
    expect((await seen(running)).dragged).toEqual([]);
  });

  it('are not, where the button was let go before the system had them', async () => {
    const engine = enginePid(running.userData);
    process.kill(engine, 'SIGSTOP');
    await drag(5, 'Alt');
    process.kill(engine, 'SIGCONT');
    const id = (await ids())[6]!;
    await call(page, 'data:drag', { pictures: [id] });
    expect((await seen(running)).dragged).toEqual([[(await call(page, 'data:picture', { id, size: 16 })).path]]);
    await forget(running);
  });

  it('are named by their ids alone', async () => {
    for (const wrong of [['/etc/passwd'], [1e6], []]) await expect(call(page, 'data:drag', { pictures: wrong as number[] })).rejects.toThrow();
    expect((await seen(running)).dragged).toEqual([]);
  });

  it('become files where a packed set holds them, the same to the last pixel', async () => {
    await openSample(page);
    const [id = -1] = (await ids()).slice(5);
    await call(page, 'data:drag', { pictures: [id] });
    const [file = ''] = await dragged();
    const { pixels, shownWidth, shownHeight } = await call(page, 'data:picture', { id, size: 4096 });
    // Chromium's decoder is nobody's twin here.
    const shown = await page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }), { colorSpaceConversion: 'none' });
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { data: rgba } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      return { width: bitmap.width, height: bitmap.height, rgb: [...rgba].filter((_, i) => i % 4 < 3) };
    }, [...readFileSync(file)]);
    expect(shown).toEqual({ width: shownWidth, height: shownHeight, rgb: Object.values(pixels) });
    expect(file.startsWith(join(running.userData, 'dragged'))).toBe(true);

    await expect(call(page, 'data:import', { paths: [file], className: null })).rejects.toThrow('in the project already');
    await expect(call(page, 'data:drag', { pictures: (await ids()).slice(0, 501) })).rejects.toThrow('at most 500');
  });

  it('are explained in both languages, and leave nothing behind', async () => {
    for (const [locale, words] of [['en', 'drag them out'], ['ja', 'ウインドウの外']] as const) {
      await data.setLanguage(locale);
      await page.keyboard.press('Escape');
      await page.locator('body').press('?');
      // Japanese is told where its lines may break.
      expect((await data.at('keys-list').textContent())?.replaceAll('\u200b', '')).toContain(words);
      await running.shot(`keys-${locale}`);
      await page.keyboard.press('Escape');
    }
    expect(existsSync(join(running.userData, 'dragged'))).toBe(true);
    await running.close('keep');
    expect(existsSync(join(running.userData, 'dragged'))).toBe(false);
  });
});

describe('dialogs', () => {
  it('each open where they were left the last time, in the next start, too', async () => {
    const run = await launch();
    const folder = newFolder();
    const inside = (...parts: string[]): string => {
      const path = join(folder, ...parts);
      mkdirSync(dirname(path), { recursive: true });
      if (/\.\w+$/.test(basename(path))) writeFileSync(path, '{}');
      else mkdirSync(path, { recursive: true });
      return path;
    };
    /** Answers dialogs with this path; what each was told to open in is kept. */
    const answer = (to: Running, path: string | null): Promise<void> =>
      to.app.evaluate(({ dialog }, chosen) => {
        const opened: (string | undefined)[] = [];
        Reflect.set(globalThis, 'opened', opened);
        const note = (...given: unknown[]): void => void opened.push((given.at(-1) as { defaultPath?: string }).defaultPath);
        dialog.showOpenDialog = ((...given: unknown[]) => (note(...given), Promise.resolve({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] }))) as typeof dialog.showOpenDialog;
        dialog.showSaveDialog = ((...given: unknown[]) => (note(...given), Promise.resolve({ canceled: chosen === null, filePath: chosen ?? '' }))) as typeof dialog.showSaveDialog;
      }, path);
    const began = (of: Running): Promise<(string | undefined)[]> => of.app.evaluate(() => Reflect.get(globalThis, 'opened') as (string | undefined)[]);

    const dialogs: { ask: (page: Page) => Promise<unknown>; choose: string; next: string }[] = [
      { ask: (page) => call(page, 'data:choose', { kind: 'folder' }), choose: inside('albums', 'cats'), next: join(folder, 'albums') },
      { ask: (page) => call(page, 'data:choose', { kind: 'project' }), choose: inside('projects', 'flowers', 'project.tsugiki'), next: join(folder, 'projects') },
      { ask: (page) => call(page, 'weights:choose', undefined), choose: inside('weights', 'net.h5'), next: join(folder, 'weights') },
      { ask: (page) => call(page, 'recipe:open', { path: null }), choose: inside('recipes', 'mine.json'), next: join(folder, 'recipes') },
      { ask: (page) => call(page, 'model:open', { path: null, scale: null }), choose: inside('models', 'model.keras'), next: join(folder, 'models') },
      { ask: (page) => call(page, 'file:save', { name: 'table.csv', bytes: new Uint8Array(1) }), choose: join(inside('tables'), 'table.csv'), next: join(folder, 'tables', 'table.csv') }
    ];
    for (const { ask, choose } of dialogs) {
      await answer(run, choose);
      await ask(run.page).catch(() => undefined);
    }
    // Cancelled, it is left where it was.
    await answer(run, null);
    for (const { ask } of dialogs) await ask(run.page);
    expect(await began(run)).toEqual(dialogs.map(({ next }) => next));
    await run.close('keep');

    const again = await launch({ userData: run.userData });
    await answer(again, null);
    for (const { ask } of dialogs) await ask(again.page);
    expect(await began(again)).toEqual(dialogs.map(({ next }) => next));
    await again.close();
  });
});

describe('the menu', () => {
  it.each(['en', 'ja'] as const)('does something with every item, in %s', async (locale: Language) => {
    const run = await launch();
    const { page } = run;
    await call(page, 'preferences:set', { locale });
    await openSample(page);
    await watch(run);
    await page.evaluate(() => {
      const wishes: Wish[] = [];
      Reflect.set(window, 'wishes', wishes);
      (Reflect.get(window, 'tsugiki') as { on(name: string, listener: (wish: Wish) => void): void }).on('wish', (wish) => wishes.push(wish));
    });
    await answerDialogs(run.app, null);
    const items = await run.app.evaluate(({ BrowserWindow, Menu }) => {
      const leaves = (menu: Electron.Menu): Electron.MenuItem[] => menu.items.flatMap((item) => (item.submenu ? leaves(item.submenu) : item.type === 'separator' ? [] : [item]));
      const all = leaves(Menu.getApplicationMenu()!);
      // Roles are the system's own; the rest is clicked.
      for (const item of all) if (!item.role) item.click(undefined, BrowserWindow.getAllWindows()[0], undefined);
      return all.map(({ label, role, accelerator }) => ({ label, role: role ?? null, accelerator: accelerator ?? null }));
    });
    const wishes = (): Promise<Wish[]> => page.evaluate(() => Reflect.get(window, 'wishes') as Wish[]);
    const own = items.filter(({ role }) => role === null).length;
    await until(async () => (await wishes()).length + (await seen(run)).did.length === own, 'every item to do something');
    expect((await seen(run)).did.map((did) => did.split(' ')[0])).toEqual(['open', 'show', 'about']);
    expect((await wishes()).map((wish) => ('to' in wish ? wish.to : wish.kind))).toEqual([
      'new', 'open_project', 'open', 'save_as', 'export', 'undo', 'redo', 'data', 'network', 'train', 'understand', 'try', 'keys'
    ]);
    const accelerators = items.flatMap(({ accelerator }) => (accelerator === null ? [] : [String(accelerator)]));
    expect(new Set(accelerators).size).toBe(accelerators.length);
    // In Japanese nothing is left in English but names.
    const latin = items.filter(({ label }) => /[A-Za-z]{3}/.test(label.replace(/Tsugiki|TensorFlow\.js|Sample/g, '')));
    expect(latin.length === 0).toBe(locale === 'ja');
    expect(await page.getByTestId('keys-list').count()).toBe(1);
    await run.close();
  });
});
