/** Every page: reachable by keyboard, readable by all (axe), and nothing cut off, in both languages, both themes and at the smallest size. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANGUAGE_TAGS } from '../../electron/contract';
import { type Running, call, launch, sessionOf } from './harness';
import { DataPage } from './pages/data-page';
import { NetworkPage } from './pages/network-page';
import { TrainPage } from './pages/train-page';
import { TryPage } from './pages/try-page';
import { type Place, WindowPage } from './pages/window-page';
import { madePicture, png } from './pictures';
import { barriers, bringAxe, cutOff } from './readable';
import { until } from './until';

const PLACES: Place[] = ['data', 'network', 'train', 'understand', 'try'];

describe('pages', () => {
  let running: Running;
  let page: Page;
  let window: WindowPage;

  const resize = (width: number, height: number): Promise<void> =>
    running.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w ?? 0, h ?? 0), [width, height]);

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    window = new WindowPage(page);
    await bringAxe(page);
  });
  afterAll(() => running.close());

  it('are empty at first, and say what belongs there', async () => {
    for (const place of PLACES) {
      await window.go(place);
      if (place === 'network') await window.at('freeze-line').waitFor();
      expect(await barriers(window), place).toEqual([]);
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
    expect((await new TryPage(page).drop(png(madePicture(1)), 'made.png')).top).toHaveLength(5);
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`keep nobody out (${theme})`, async () => {
      await window.setTheme(theme);
      for (const place of PLACES) {
        await window.go(place);
        if (place === 'data') await window.picturesShown();
        if (place === 'network' && (await window.at('block-block_13').getAttribute('aria-expanded')) !== 'true') await window.at('block-block_13').click();
        expect(await barriers(window), place).toEqual([]);
      }
    });
  }

  for (const locale of LANGUAGE_TAGS) {
    it(`cut nothing off at the smallest size (${locale})`, async () => {
      await resize(1024, 640);
      await window.setLanguage(locale);
      await page.waitForFunction((lang) => document.documentElement.lang === lang && innerWidth === 1024, locale);
      for (const place of PLACES) {
        await window.go(place);
        await window.settled();
        expect(await cutOff(page), place).toEqual([]);
      }
    });
  }

  it('speak the language that was chosen', async () => {
    expect(await window.at('nav-train').textContent()).toContain('学習');
    await window.setLanguage('en');
    await expect.poll(() => window.at('nav-train').textContent()).toContain('Train');
    await resize(1280, 800);
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

  it('goes to the export with Ctrl+E', async () => {
    await press('Control+e');
    expect(await network.at('nav-try').getAttribute('aria-current')).toBe('page');
  });
});
