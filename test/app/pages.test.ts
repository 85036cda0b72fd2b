/** Every page, with all of its tabs: reachable by keyboard, readable by all (axe), and nothing cut off, in both languages, both themes, at the smallest size and enlarged. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANGUAGE_TAGS } from '../../electron/contract';
import { newFolder } from './albums';
import { dropPaths } from './drop';
import { type Running, call, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { NetworkPage } from './pages/network-page';
import { TrainPage } from './pages/train-page';
import { TryPage } from './pages/try-page';
import { UnderstandPage, VIEWS as MEASURES } from './pages/understand-page';
import type { Place } from './pages/window-page';
import { madePicture, png } from './pictures';
import { barriers, bringAxe, cutOff, hindrances } from './readable';
import { until } from './until';

const PLACES: Place[] = ['data', 'network', 'train', 'understand', 'try'];
const TRIED = 3;

/** A few made pictures on disk. */
function somePictures(): string {
  const folder = newFolder();
  for (let i = 0; i < TRIED; i++) writeFileSync(join(folder, `${i}.png`), png(madePicture(i)));
  return folder;
}

describe('pages', () => {
  let running: Running;
  let page: Page;
  let window: UnderstandPage;
  let trying: TryPage;

  const resize = (width: number, height: number): Promise<void> =>
    running.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 0, h ?? 0), [width, height]);
  const enlarge = (factor: number): Promise<void> =>
    running.app.evaluate(({ BrowserWindow }, by) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(by), factor);

  /** A tab of a place, and what is there once it is filled. */
  async function tab(place: Place, button: string, shown: string): Promise<void> {
    await window.go(place);
    await window.at(button).click();
    await page.locator(shown).first().waitFor();
  }

  async function measured(view: (typeof MEASURES)[number]): Promise<void> {
    await window.open(view);
    await window.measured();
    if (view === 'map') await window.at('map').waitFor({ timeout: 120_000 });
  }

  /** All there is to see of a trained model, and how to come there. */
  const views: Record<string, () => Promise<void>> = {
    'data, classes': () => tab('data', 'panel-classes', '[data-testid="picture-grid"]:not([data-pages="0"])'),
    'data, splits': () => tab('data', 'panel-splits', '[role="tabpanel"][data-state="active"]'),
    'data, health': () => tab('data', 'panel-health', '[role="tabpanel"][data-state="active"]'),
    'network, a block open': async () => {
      await window.go('network');
      if ((await window.at('block-block_13').getAttribute('aria-expanded')) !== 'true') await window.at('block-block_13').click();
      await window.at('toggle-block_13_expand').waitFor();
    },
    'train, curves': () => tab('train', 'view-curves', '[data-testid="chart-accuracy"]'),
    'train, runs': () => tab('train', 'view-runs', '[data-testid="run-0"]'),
    'train, code': () => tab('train', 'view-code', '[data-testid="code-copy"]:enabled'),
    ...Object.fromEntries(MEASURES.map((view) => [`understand, ${view}`, () => measured(view)])),
    'try, an answer': async () => {
      await window.go('try');
      await trying.drop(png(madePicture(1)), 'made.png');
    },
    'try, a table': () => tab('try', 'answer-to-table', '[data-testid="answer-row"]')
  };

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    window = new UnderstandPage(page);
    trying = new TryPage(page);
    await bringAxe(page);
  });
  afterAll(() => running.close());

  it('are empty at first, and say what belongs there', async () => {
    for (const place of PLACES) {
      await window.go(place);
      if (place === 'network') await window.at('freeze-line').waitFor();
      expect(await hindrances(window), place).toEqual([]);
    }
    for (const place of ['train', 'understand', 'try'] as const) {
      await window.go(place);
      await window.at('missing').waitFor();
    }
  });

  it('are filled by a training', async () => {
    await new DataPage(page).openSample();
    await call(page, 'train:start', { weights: 'random', recipe: { alpha: 0.35, limit: 400, phases: [{ name: 'frozen', epochs: 2 }, { name: 'fine_tune', trainableFrom: 'block_16_expand', epochs: 1 }] } });
    await until(async () => (await sessionOf(page)).status === 'finished', 'the training to end');
    await window.go('try');
    expect((await trying.drop(png(madePicture(1)), 'made.png')).top).toHaveLength(5);
    await dropPaths(page, [somePictures()]);
    await page.locator(`[data-testid="answers"][data-rows="${TRIED}"]`).waitFor();
  });

  it('are counted in the rail: pictures, and mistakes once they are known', async () => {
    expect(await window.numberIn('count-data')).toBe(3800);
    expect(await window.at('count-data').textContent()).toBe('3.8K');
    await measured('mistakes');
    const cells = await window.cells();
    const wrong = cells.filter(({ label, predicted }) => label !== predicted).reduce((sum, { count }) => sum + count, 0);
    expect(wrong).toBeGreaterThan(0);
    await expect.poll(() => window.numberIn('count-understand')).toBe(wrong);
  });

  for (const [locale, zoom] of LANGUAGE_TAGS.flatMap((tag) => [[tag, 1], [tag, 2]] as const)) {
    it(`keep nobody out and cut nothing off at the smallest size (${locale}, ${zoom * 100} %)`, async () => {
      await resize(1024, 640);
      await enlarge(zoom);
      await window.setLanguage(locale);
      await page.waitForFunction(([lang, width]) => document.documentElement.lang === lang && innerWidth === width, [locale, 1024 / zoom] as const);
      await window.setTheme('light');
      const found: string[] = [];
      for (const [view, open] of Object.entries(views)) {
        await open();
        const light = await hindrances(window);
        await running.shot(`pages-${view.replace(/\W+/g, '-')}-${locale}-${zoom}`);
        const cut = await cutOff(page);
        // Of all that axe looks at only colours depend on the theme.
        await window.setTheme('dark');
        const dark = await hindrances(window, ['color-contrast']);
        await window.setTheme('light');
        found.push(...[...light, ...cut, ...dark].map((one) => `${view}: ${one}`));
      }
      await enlarge(1);
      expect(found).toEqual([]);
    });
  }

  it('speak the language that was chosen', async () => {
    await window.setLanguage('ja');
    await expect.poll(() => window.at('nav-train').textContent()).toContain('学習');
    await window.setLanguage('en');
    await expect.poll(() => window.at('nav-train').textContent()).toContain('Train');
    await resize(1280, 800);
  });

  it('stand still for those who want less motion', async () => {
    const moving = (): Promise<string[]> =>
      page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').map(({ effect }) => String((effect as KeyframeEffect | null)?.target?.className)));
    await call(page, 'train:start', { weights: 'random', recipe: { alpha: 0.35, limit: 400, phases: [{ name: 'fine_tune', trainableFrom: 'all', epochs: 1000 }] } });
    await page.locator('[data-testid="nav-train"][data-state="running"]').waitFor();
    await expect.poll(moving).not.toEqual([]);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const place of PLACES) {
      await window.go(place);
      expect(await moving(), place).toEqual([]);
    }
    await call(page, 'train:stop', undefined);
    // Nor would anything move that is pointed at, opened or switched.
    const wouldMove = (): Promise<string[]> =>
      page.evaluate(() => {
        const isLong = (times: string): boolean => times.split(',').some((time) => parseFloat(time) * (time.trim().endsWith('ms') ? 1 : 1000) > 1);
        const moves = ({ transitionProperty, transitionDuration, animationName, animationDuration }: CSSStyleDeclaration): boolean =>
          (transitionProperty !== 'none' && isLong(transitionDuration)) || (animationName !== 'none' && isLong(animationDuration));
        return [...document.querySelectorAll('*')].flatMap((element) => [null, '::before', '::after'].filter((part) => moves(getComputedStyle(element, part))).map((part) => `${element.tagName}.${String(element.getAttribute('class'))}${part ?? ''}`));
      });
    for (const [view, open] of Object.entries(views)) {
      await open();
      expect(await wouldMove(), view).toEqual([]);
    }
    await page.emulateMedia({ reducedMotion: null });
    expect(await wouldMove()).not.toEqual([]);
  });

  it('have not complained', () => {
    expect(running.complaints).toEqual([]);
  });
});

describe('keyboard', () => {
  let running: Running;
  let page: Page;
  let network: NetworkPage;

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    network = new NetworkPage(page);
  });
  afterAll(() => running.close());

  const press = (key: string): Promise<void> => page.keyboard.press(key);
  const line = (): Promise<string> => network.at('setting-from-1').inputValue();

  it('goes to each place with 1 to 5', async () => {
    for (const [i, place] of [...PLACES.entries()].reverse()) {
      await press(String(i + 1));
      expect(await network.at(`nav-${place}`).getAttribute('aria-current')).toBe('page');
    }
  });

  it('moves the freeze line with arrows, by blocks and by layers', async () => {
    await network.open(1);
    await network.moveLine(14);
    await expect.poll(line).toBe('block_13_expand');
    await press('Shift+ArrowRight');
    await expect.poll(line).toBe('block_13_expand_BN');
    await press('ArrowLeft');
    await expect.poll(line).toBe('block_13_expand');
    await press('End');
    await expect.poll(line).toBe('none');
    expect(await network.at('freeze-line').getAttribute('aria-valuetext')).toMatch(/^all frozen;/);
  });

  it('switches layers and blocks with space', async () => {
    await network.at('toggle-block-block_16').focus();
    await press('Space');
    await expect.poll(() => network.stateOf('block_16')).toBe('learning');
    await network.at('block-block_16').focus();
    await press('Enter');
    await network.at('toggle-block_16_expand').focus();
    await press('Space');
    await expect.poll(() => network.stateOf('block_16')).toBe('partly');
  });

  it('undoes, change by change', async () => {
    for (const before of ['learning', 'frozen']) {
      await press('Control+z');
      await expect.poll(() => network.stateOf('block_16')).toBe(before);
    }
  });

  it('shows all keys with ?, and hides them with Escape', async () => {
    await press('?');
    await network.at('keys-list').waitFor();
    await bringAxe(page);
    expect(await barriers(network)).toEqual([]);
    expect(await cutOff(page)).toEqual([]);
    await running.shot('keys');
    await press('Escape');
    await network.at('keys-list').waitFor({ state: 'detached' });
  });

  it('does not take figures that are typed for keys', async () => {
    await new DataPage(page).openSample();
    const train = new TrainPage(page);
    await train.open();
    await train.at('setting-epochs-0').fill('');
    await train.at('setting-epochs-0').pressSequentially('12');
    expect(await train.at('nav-train').getAttribute('aria-current')).toBe('page');
    expect(await train.at('setting-epochs-0').inputValue()).toBe('12');
  });

  it('takes no letter that is typed for a key', async () => {
    await network.go('data');
    await network.at('picture-search').pressSequentially('e?2 1');
    expect(await network.at('picture-search').inputValue()).toBe('e?2 1');
    expect(await network.at('nav-data').getAttribute('aria-current')).toBe('page');
    expect(await network.at('keys-list').count()).toBe(0);
    await network.at('picture-search').fill('');
  });

  it('goes to the export with Ctrl+E', async () => {
    await press('Control+e');
    expect(await network.at('nav-try').getAttribute('aria-current')).toBe('page');
  });
});
