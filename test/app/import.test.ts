/** Pictures as people bring them: dropped, pasted, recorded; what is wrong with them, found and mended; the project around them. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PictureQuery } from '../../electron/contract';
import { zipOf } from '../engine/bad-files/build';
import { album, madeAlbum, newFolder } from './albums';
import { dropPaths } from './drop';
import { type Running, call, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { madePicture, png } from './pictures';
import { barriers, bringAxe, cutOff } from './readable';

const EVERY: PictureQuery = { part: 'all', class: null, text: '', only: null };
/** So many that nobody is quicker than the button that stops their import. */
const MANY = 6000;
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Pictures of each class, as main knows them. */
async function counts(page: Page): Promise<Record<string, number>> {
  const { data } = await sessionOf(page);
  return Object.fromEntries((data?.project?.classes ?? []).map((one) => [one.name, one.train + one.validation + one.test + one.excluded]));
}
const become = (page: Page, expected: Record<string, number>) => expect.poll(() => counts(page), { timeout: 30_000 }).toEqual(expected);

/** Paths of a folder's class folders and files, with slashes. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory()).flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file}`)).sort();

describe('pictures', () => {
  let running: Running;
  let page: Page;
  let data: DataPage;
  let photographs: string;
  /** Single pictures that lie in no class's folder. */
  let single: string[];

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    data = new DataPage(page);
    photographs = album();
    const folder = newFolder();
    single = [1, 2, 3].map((n) => join(folder, `${n}.png`));
    single.forEach((path, i) => writeFileSync(path, png(madePicture(100 + i))));
    await data.at('door-drop').waitFor();
    await bringAxe(page);
  });
  afterAll(() => running.close());

  const told = () => expect.poll(() => data.toasts.allTextContents().then((texts) => texts.join(' ')), { timeout: 30_000 });
  const openMenu = async (item: string): Promise<void> => {
    await data.at('project-menu').click();
    await data.at(`menu-${item}`).click();
  };

  it('come as a folder dropped on the first screen, and make a project called after it', async () => {
    expect(await barriers(data)).toEqual([]);
    await dropPaths(page, [photographs]);
    await become(page, { Hemlock: 10, Japanese_Cherry: 10 });
    await told().toContain('20 pictures added.');
    expect(await data.at('project-name').inputValue()).toBe(basename(photographs));
    await data.picturesShown();
  });

  it('are not added twice, and go again with the notice\'s own Undo', async () => {
    await dropPaths(page, [photographs]);
    await told().toContain('0 pictures added, 20 already there.');
    const extra = newFolder();
    mkdirSync(join(extra, 'Hemlock'));
    copyFileSync(single[0] ?? '', join(extra, 'Hemlock', 'new.png'));
    await dropPaths(page, [extra]);
    await become(page, { Hemlock: 11, Japanese_Cherry: 10 });
    await told().toContain('1 picture added.');
    await data.toasts.filter({ hasText: '1 picture added.' }).getByRole('button', { name: 'Undo' }).click();
    await become(page, { Hemlock: 10, Japanese_Cherry: 10 });
  });

  it('come as a table of paths and labels, into the project that is open', async () => {
    const other = album();
    const rows = filesOf(other).filter((_, i) => i % 5 === 0).map((file) => `${file},${file.startsWith('Hemlock') ? 'Hemlock' : 'Blossom'}`);
    const table = join(other, 'labels.csv');
    writeFileSync(table, ['path,label', ...rows].join('\n'));
    await dropPaths(page, [table]);
    await become(page, { Hemlock: 12, Japanese_Cherry: 10, Blossom: 2 });
  });

  it('ask for a class when they come without one', async () => {
    await dropPaths(page, single);
    await data.at('loose-dialog').waitFor();
    expect(await data.numberIn('loose-count')).toBe(3);
    await page.locator('[data-testid="loose-name"]:focus').waitFor();
    expect(await barriers(data)).toEqual([]);
    await page.keyboard.press('Escape');
    await data.at('loose-dialog').waitFor({ state: 'detached' });
    expect(await counts(page)).toEqual({ Hemlock: 12, Japanese_Cherry: 10, Blossom: 2 });

    await dropPaths(page, single.slice(0, 2));
    await data.at('loose-dialog').getByRole('button', { name: 'Blossom' }).click();
    await become(page, { Hemlock: 12, Japanese_Cherry: 10, Blossom: 4 });

    await dropPaths(page, single.slice(2));
    await data.at('loose-name').fill('苔');
    await page.keyboard.press('Enter');
    await become(page, { Hemlock: 12, Japanese_Cherry: 10, Blossom: 4, 苔: 1 });
  });

  it('are listed with the reason where they cannot be read', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'Hemlock'));
    writeFileSync(join(folder, 'Hemlock', 'torn.png'), png(madePicture(9)).subarray(0, 40));
    await dropPaths(page, [folder]);
    await told().toContain('0 pictures added, 1 left out.');
    await data.toasts.getByRole('button', { name: 'Show' }).click();
    await expect.poll(() => data.at('skipped').textContent()).toContain('torn.png');
    expect(await data.at('skipped').locator('li').count()).toBe(1);
    expect(await data.at('skipped').locator('li').isVisible()).toBe(true);
  });

  it('come out of the clipboard into the class that is looked at, or ask for one', async () => {
    const paste = (index: number): Promise<void> =>
      page.evaluate((bytes) => {
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }, [...png(madePicture(index))]);
    await paste(200);
    await data.at('loose-name').fill('Moss');
    await data.at('loose-add').click();
    await expect.poll(async () => (await counts(page))['Moss']).toBe(1);

    const moss = (await sessionOf(page)).data?.project?.classes.find(({ name }) => name === 'Moss');
    await data.at('panel-classes').click();
    await data.at('class-list').getByText('Moss').click();
    await paste(201);
    await expect.poll(async () => (await counts(page))['Moss']).toBe(2);
    expect(await call(page, 'data:ids', { query: { ...EVERY, class: moss?.id ?? -1 } })).toHaveLength(2);
    await data.at('class-all').click();
  });

  it('are split as it is said, in figures that add up', async () => {
    await data.at('panel-splits').click();
    const shares = (): Promise<number[]> => Promise.all(['train', 'validation', 'test'].map((part) => data.numberIn(`share-${part}`)));
    const all = Object.values(await counts(page)).reduce((a, b) => a + b, 0);
    expect((await shares())[2]).toBe(0);
    await data.fill('splits-test', 25);
    await expect.poll(shares).toSatisfy(([, , test = 0]: number[]) => Math.abs(test - all / 4) <= 3 && test > 0);
    expect((await shares()).reduce((a, b) => a + b, 0)).toBe(all);
    await data.at('splits-order').selectOption('shuffled');
    await expect.poll(async () => (await sessionOf(page)).data?.project?.splits).toMatchObject({ order: 'shuffled', testShare: 0.25 });
    await page.locator('[data-testid="splits-order"]:enabled').waitFor();
    expect(await barriers(data)).toEqual([]);
    await running.shot('splits');
  });

  it('belong to a project with a name, changed where it stands', async () => {
    await data.at('project-name').fill('  Trees of the garden ');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await sessionOf(page)).data?.name).toBe('Trees of the garden');
    await data.at('project-name').fill('Something else');
    await page.keyboard.press('Escape');
    expect(await data.at('project-name').inputValue()).toBe('Trees of the garden');
    expect((await sessionOf(page)).data?.name).toBe('Trees of the garden');
  });

  it('are copied into the project, so that it can travel', async () => {
    const { data: before } = await sessionOf(page);
    await openMenu('collect');
    await told().toContain('it can travel');
    const [first = -1] = await call(page, 'data:ids', { query: EVERY });
    expect((await call(page, 'data:picture', { id: first, size: 32 })).path).toContain(join(before?.project?.directory ?? '', 'pictures'));
  });

  it('come as an archive, into a project of its own', async () => {
    await openMenu('new');
    await data.at('recent-0').waitFor();
    const archive = join(newFolder(), 'garden.zip');
    writeFileSync(archive, zipOf(filesOf(photographs).map((name) => ({ name, content: readFileSync(join(photographs, name)) }))));
    await dropPaths(page, [archive]);
    await become(page, { Hemlock: 10, Japanese_Cherry: 10 });
  });

  it('are found again among the recent projects, by keyboard', async () => {
    await openMenu('new');
    await expect.poll(() => data.at('recent-projects').locator('li').count()).toBe(2);
    expect(await data.at('recent-0').textContent()).toContain('20 pictures, 2 classes');
    expect(await data.at('recent-1').textContent()).toContain('Trees of the garden');
    expect(await barriers(data)).toEqual([]);
    await running.shot('recent');
    await data.at('recent-1').focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await sessionOf(page)).data?.name).toBe('Trees of the garden');
  });

  it('are forgotten without being lost, and opened by dropping their project', async () => {
    const directory = (await sessionOf(page)).data?.project?.directory ?? '';
    const before = await counts(page);
    await openMenu('new');
    await data.at('recent-1').waitFor();
    await data.at('recent-0').focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => data.at('recent-projects').locator('li').count()).toBe(1);
    expect(await data.at('recent-0').textContent()).not.toContain('Trees of the garden');
    await page.locator('[data-testid="recent-0"]:focus').waitFor();
    await dropPaths(page, [directory]);
    await become(page, before);
    expect((await sessionOf(page)).data?.project?.directory).toBe(directory);
  });

  it('stay as far as they came when the import is stopped', async () => {
    await openMenu('new');
    await data.at('door-drop').waitFor();
    await dropPaths(page, [madeAlbum(MANY)]);
    await page.waitForFunction(() => Number(document.querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow')) > 0);
    await data.at('stage-cancel').click();
    await told().toMatch(/Stopped: [\d,]+ pictures? added\. What is in stays\./);
    const all = Object.values(await counts(page)).reduce((a, b) => a + b, 0);
    expect(all).toBeLessThan(MANY);
    expect(await call(page, 'data:ids', { query: EVERY })).toHaveLength(all);
  });

  it('have not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});

describe('the health of pictures', () => {
  let running: Running;
  let page: Page;
  let data: DataPage;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    data = new DataPage(page);
    await data.at('door-drop').waitFor();
    await bringAxe(page);
  });
  afterAll(() => running.close());

  it('is looked into after an import, unasked: a copy is found', async () => {
    const folder = album();
    const [file = ''] = filesOf(folder);
    copyFileSync(join(folder, file), join(folder, 'Hemlock', 'copy.jpg'));
    await dropPaths(page, [folder]);
    await data.at('finding-duplicates').waitFor({ state: 'attached', timeout: 60_000 });
    await data.at('panel-health').click();
    expect(await data.numberIn('finding-duplicates')).toBe(2);
    expect(await barriers(data)).toEqual([]);
  });

  it('is shown: the pictures of a finding, and then all again', async () => {
    await data.at('finding-duplicates').getByTestId('finding-show').click();
    await expect.poll(() => data.at('shown').textContent()).toContain('2 pictures: Copies of each other');
    await running.shot('health');
    await data.at('show-all').click();
    await data.at('shown').waitFor({ state: 'detached' });
  });

  it('is mended by a button that says what it does, and the mending is undone', async () => {
    const fix = data.at('finding-duplicates').getByTestId('finding-fix');
    expect(await fix.textContent()).toBe('Remove the copy');
    await fix.click();
    await become(page, { Hemlock: 10, Japanese_Cherry: 10 });
    await expect.poll(() => data.at('health').getAttribute('data-outdated')).toBe('true');
    await data.at('health-check').click();
    await data.at('finding-duplicates').waitFor({ state: 'detached', timeout: 60_000 });
    expect(await data.at('health').getAttribute('data-outdated')).toBe('false');
    await call(page, 'data:undo', undefined);
    expect(await counts(page)).toEqual({ Hemlock: 11, Japanese_Cherry: 10 });
  });

  it('includes labels that a model doubts: one put into the wrong class is found, and moved by a key', async () => {
    const folder = album();
    const [wrong = ''] = readdirSync(join(folder, 'Hemlock'));
    renameSync(join(folder, 'Hemlock', wrong), join(folder, 'Japanese_Cherry', wrong));
    await call(page, 'data:close', undefined);
    await page.reload();
    await bringAxe(page);
    await data.at('door-drop').waitFor();
    await dropPaths(page, [folder]);
    await become(page, { Hemlock: 9, Japanese_Cherry: 11 });
    await data.at('panel-health').click();
    await data.at('doubts-find').click();
    await expect.poll(() => data.at('doubts').getAttribute('data-doubts'), { timeout: 60_000 }).toBe('1');
    expect(await data.at('doubt-0').textContent()).toMatch(/Japanese_Cherry.*→\s*Hemlock/);
    expect(await barriers(data)).toEqual([]);
    await running.shot('doubts');
    await data.at('doubt-0').focus();
    await page.keyboard.press('Enter');
    await become(page, { Hemlock: 10, Japanese_Cherry: 10 });
    await data.at('doubt-0').waitFor({ state: 'detached' });
  });

  it('fits into the smallest window, in both languages', async () => {
    await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 640));
    for (const locale of ['ja', 'en'] as const) {
      await data.setLanguage(locale);
      await page.waitForFunction((lang) => document.documentElement.lang === lang && innerWidth === 1024, locale);
      for (const panel of ['splits', 'health']) {
        await data.at(`panel-${panel}`).click();
        await data.settled();
        expect(await cutOff(page), `${locale} ${panel}`).toEqual([]);
      }
    }
  });

  it('has not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});

describe('the camera', () => {
  let running: Running;
  let page: Page;
  let data: DataPage;

  beforeAll(async () => {
    running = await launch({ args: CAMERA });
    page = running.page;
    data = new DataPage(page);
    await data.at('camera-open').click();
    await bringAxe(page);
  });
  afterAll(() => running.close());

  const recorded = async (): Promise<number> => Number(await data.at('camera').getAttribute('data-recorded'));
  const on = () => expect.poll(() => data.at('camera').getAttribute('data-on'), { timeout: 30_000 }).toBe('true');

  it('records for as long as the button is held, and makes a project of it', async () => {
    await on();
    expect(await barriers(data)).toEqual([]);
    await data.at('camera-hold').hover();
    await page.mouse.down();
    await expect.poll(recorded, { interval: 20 }).toBeGreaterThanOrEqual(8);
    await page.mouse.up();
    const taken = await recorded();
    await become(page, { 'Class 1': taken });
    await running.shot('camera');
  });

  it('hands over squares of 224 pixels, one after the other', async () => {
    const ids = await call(page, 'data:ids', { query: EVERY });
    const views = await Promise.all(ids.slice(0, 2).map((id) => call(page, 'data:picture', { id, size: 224 })));
    expect(views.map(({ width, height }) => [width, height])).toEqual([[224, 224], [224, 224]]);
    expect(views[0]?.pixels).not.toEqual(views[1]?.pixels);
  });

  it('records with the keyboard, into a class named on the spot', async () => {
    const before = await recorded();
    await data.at('camera-class').click();
    await data.at('camera-class-text').fill('Paper');
    await page.keyboard.press('Enter');
    await expect.poll(() => data.at('camera-class').textContent()).toContain('Paper');
    await data.at('camera-hold').focus();
    await page.keyboard.down('Space');
    await expect.poll(recorded, { interval: 20 }).toBeGreaterThan(before);
    await page.keyboard.up('Space');
    await become(page, { 'Class 1': before, Paper: (await recorded()) - before });
  });

  it('is off when its panel is closed, or left for another place', async () => {
    const live = (): Promise<boolean> => page.evaluate(() => (Reflect.get(globalThis, 'track') as MediaStreamTrack).readyState === 'live');
    const keepTrack = (): Promise<void> =>
      data.at('camera').locator('video').evaluate((video) => void Reflect.set(globalThis, 'track', ((video as HTMLVideoElement).srcObject as MediaStream).getVideoTracks()[0]));
    await keepTrack();
    expect(await live()).toBe(true);
    await data.at('camera-close').click();
    await expect.poll(live).toBe(false);
    await data.at('camera-open').click();
    await on();
    await keepTrack();
    await data.go('train');
    await expect.poll(live).toBe(false);
  });

  it('has not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});

describe('without a camera', () => {
  it('says so in a sentence', async () => {
    const running = await launch();
    const data = new DataPage(running.page);
    await data.at('camera-open').click();
    await expect.poll(() => data.at('camera-trouble').textContent()).toMatch(/^There is no camera here/);
    await running.close();
  });
});
