/** Takes the pictures; see scripts/screenshots.mjs. */
import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Preferences, Session } from '../../electron/contract';
import { album, newFolder } from '../../test/app/albums';
import { dropPaths } from '../../test/app/drop';
import { REPO, type Running, call, cifarFolder, launch, sessionOf } from '../../test/app/harness';
import { DataPage } from '../../test/app/pages/data-page';
import { NetworkPage } from '../../test/app/pages/network-page';
import { TrainPage } from '../../test/app/pages/train-page';
import { TryPage } from '../../test/app/pages/try-page';
import { UnderstandPage, VIEWS } from '../../test/app/pages/understand-page';
import { WindowPage } from '../../test/app/pages/window-page';
import { until } from '../../test/app/until';
import { inPalette } from './palette';

interface Look extends Pick<Preferences, 'locale' | 'theme'> {
  width: number;
  height: number;
}

const sizes = [{ width: 1280, height: 800 }, { width: 1024, height: 640 }];
const locales = ['en', 'ja'] as const;
const ALL: Look[] = locales.flatMap((locale) => (['light', 'dark'] as const).flatMap((theme) => sizes.map((size) => ({ locale, theme, ...size }))));
const DOCS: Look[] = locales.map((locale) => ({ locale, theme: 'light', width: 1280, height: 800 }));

/** Short enough to wait for, large enough to be worth looking at. */
const EPOCHS = { frozen: 6, fine_tune: 3 };
const EPOCHS_TO_LOOK_AT = 200;
const LIMIT = 3000;
/** Milliseconds: a busy machine takes its time. */
const PATIENCE = 1_800_000;
/** From which to which picture. */
const SELECTED = [3, 9] as const;
/** A camera that is always there. */
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
/** A test picture that looks like something. */
const TRIED = 0;

/** As it is when a person comes to it: nothing focused, the settings at their top. */
const calm = (page: Page): Promise<void> =>
  page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    document.querySelector('.settings')?.scrollTo(0, 0);
  });

async function take(running: Running, looks: readonly Look[], folder: string, nameOf: (look: Look) => string): Promise<void> {
  const window = new WindowPage(running.page);
  for (const look of looks) {
    await running.app.evaluate(({ BrowserWindow }, { width, height }) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height), look);
    await window.setLanguage(look.locale);
    await window.setTheme(look.theme);
    await running.page.mouse.move(look.width - 1, look.height - 1);
    await calm(running.page);
    await window.settled();
    writeFileSync(join(folder, `${nameOf(look)}.png`), inPalette(await running.page.screenshot()));
  }
}

/** Photographs with a copy and a wrong label among them: dropped, checked, doubted; more without a class, from the camera, and moved away. */
async function importStates(running: Running, shot: (name: string) => Promise<void>): Promise<void> {
  const { page } = running;
  const data = new DataPage(page);
  const folder = album();
  const [wrong = '', copied = ''] = readdirSync(join(folder, 'Hemlock'));
  copyFileSync(join(folder, 'Hemlock', copied), join(folder, 'Hemlock', `copy-${copied}`));
  renameSync(join(folder, 'Hemlock', wrong), join(folder, 'Japanese_Cherry', wrong));
  await dropPaths(page, [folder]);
  await data.at('finding-duplicates').waitFor({ state: 'attached' });
  await data.at('panel-health').click();
  await data.at('doubts-find').click();
  await page.locator('[data-testid="doubts"][data-doubts]').waitFor({ timeout: PATIENCE });
  await shot('data-findings');
  await data.at('panel-classes').click();

  const loose = join(newFolder(), copied);
  copyFileSync(join(folder, 'Hemlock', copied), loose);
  await dropPaths(page, [loose]);
  await data.at('loose-dialog').waitFor();
  await shot('data-loose');
  await page.keyboard.press('Escape');
  await data.at('camera-open').click();
  await page.locator('[data-testid="camera"][data-on="true"]').waitFor();
  await shot('data-camera');
  await data.at('camera-close').click();

  const { data: opened } = await sessionOf(page);
  await call(page, 'data:close', undefined);
  renameSync(folder, `${folder}-moved`);
  await call(page, 'data:open', { source: { kind: 'project', path: opened?.project?.directory ?? '' } });
  await page.reload();
  await page.locator('[data-testid^="missing-"]').waitFor();
  await shot('data-missing');
  await call(page, 'data:close', undefined);
  await page.reload();
  await data.at('recent-0').waitFor();
  await shot('start-recent');
}

/** Pictures selected, excluded, looked at closely; each panel. All undone in the end. */
async function dataStates(page: Page, shot: (name: string) => Promise<void>): Promise<void> {
  const data = new DataPage(page);
  await data.click(SELECTED[0]);
  await data.click(SELECTED[1], 'Shift');
  await shot('data-selected');
  await data.at('selection-exclude').click();
  await data.at('part-excluded').waitFor();
  await shot('data-excluded');
  await data.at('undo').click();
  await data.at('part-excluded').waitFor({ state: 'detached' });
  for (const panel of ['splits', 'health'] as const) {
    await data.at(`panel-${panel}`).click();
    await shot(`data-${panel}`);
  }
  await data.at('panel-classes').click();
  await data.at('selection-clear').click();
  await data.at('picture-grid').press('Enter');
  await data.at('viewer-path').waitFor();
  await shot('data-viewer');
  await data.at('viewer-close').click();
}

/** The summary, and each way to look at mistakes. */
async function understandStates(page: Page, shot: (name: string) => Promise<void>, only: (name: string) => Promise<void>): Promise<void> {
  const understand = new UnderstandPage(page);
  await understand.open('summary');
  await understand.measured();
  await shot('understand');
  for (const view of VIEWS.filter((name) => name !== 'summary')) {
    await understand.open(view);
    if (view === 'map') await understand.at('map').waitFor({ timeout: PATIENCE });
    await (view === 'mistakes' ? shot : only)(`understand-${view}`);
  }
  await understand.open('summary');
}

export default async function screenshots(args: readonly string[]): Promise<void> {
  const all = args.includes('--all');
  const folder = join(REPO, all ? 'test-results/look' : 'docs/images');
  mkdirSync(folder, { recursive: true });
  const looks = all ? ALL : DOCS;
  const running = await launch({ args: CAMERA });
  const { page } = running;
  const shot = (name: string): Promise<void> => take(running, looks, folder, (look) => (all ? `${look.locale}-${look.theme}-${look.width}-${name}` : `${name}-${look.locale}`));
  const only = (name: string): Promise<void> => (all ? shot(name) : Promise.resolve());
  const window = new WindowPage(page);
  try {
    await window.at('door-sample').waitFor();
    await only('start');
    const cifar = cifarFolder();
    const source = cifar ? { kind: 'path' as const, path: cifar } : { kind: 'sample' as const };
    for (const place of ['train', 'understand', 'try'] as const) {
      await window.go(place);
      await only(`${place}-empty`);
    }
    await window.go('data');
    if (all) await importStates(running, shot);
    await call(page, 'data:open', { source });
    await page.reload();
    await window.at('picture-grid').waitFor();
    if (!all) {
      // Where the network has something to see, which makes better curves.
      await window.go('network');
      await window.fill('setting-input-size', 96);
      await window.at('setting-scale').selectOption('-1..1');
      await window.go('data');
    }
    await window.picturesShown();
    await shot('data');
    if (all) await dataStates(page, shot);

    const network = new NetworkPage(page);
    await network.open(1);
    await network.at('setting-from-1').selectOption('block_13_expand');
    await shot('network');
    if (all) {
      await network.at('block-block_13').click();
      await shot('network-block');
    }

    const train = new TrainPage(page);
    await train.open();
    await train.fill('setting-limit', LIMIT);
    await train.fill('setting-epochs-0', EPOCHS.frozen);
    await train.fill('setting-epochs-1', EPOCHS.fine_tune);
    await train.fill('setting-learning-rate-1', 0.0001);
    await only('train-ready');
    if (all) {
      // Long enough to be looked at from all sides before it ends.
      await train.fill('setting-epochs-1', EPOCHS_TO_LOOK_AT);
      await train.start();
      await until(async () => (await sessionOf(page)).step?.phase === 1, 'the second phase');
      await shot('train-running');
      await train.pauseOrContinue();
      await shot('train-paused');
      await train.stop();
      await until(async () => (await train.status()) === 'finished', 'the run to stop');
      await shot('train-stopped');
      await train.fill('setting-epochs-1', EPOCHS.fine_tune);
    }
    await train.start();
    // The run that was stopped had its first phase measured only.
    const ended = ({ status, results }: Session): boolean => status === 'finished' && results.length === Object.keys(EPOCHS).length;
    await until(async () => ended(await sessionOf(page)), 'the training to end', PATIENCE);
    await shot('train');
    await understandStates(page, shot, only);

    const tryPage = new TryPage(page);
    await tryPage.open();
    await only('try-ready');
    await tryPage.tryTestPicture(TRIED);
    await shot('try');
    await dropPaths(page, [album()]);
    await page.locator('[data-testid="answers"]:not([data-pictures="0"])').waitFor({ timeout: PATIENCE });
    await only('try-table');

    // A second run to compare: the lesson's own size, at which the network sees next to nothing.
    await window.go('network');
    await window.fill('setting-input-size', 32);
    await train.open();
    await train.start();
    await until(async () => (await sessionOf(page)).step !== null && (await train.status()) === 'running', 'the second training to begin', PATIENCE);
    await until(async () => ended(await sessionOf(page)), 'the second training to end', PATIENCE);
    await train.at('view-runs').click();
    for (const run of [0, 1]) await train.at(`run-choose-${run}`).check();
    await train.at('runs-table').waitFor();
    await shot('runs');
    await train.at('view-code').click();
    await only('train-code');
    await train.at('view-curves').click();
    await train.at('recipe-menu').click();
    await train.at('menu-lesson').click();
    if ((await train.at('lesson').getByTestId('code').count()) === 0) await train.at('lesson-code').click();
    await train.at('lesson-step-5').click();
    await shot('lesson');
    if (all) {
      await page.keyboard.press('?');
      await shot('keys');
    }
  } finally {
    await running.close();
  }
}
