/** Without a mouse, from the first screen to an export: nothing is out of reach, and it can always be seen where the keyboard is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from './albums';
import { type Running, answerDialogs, launch, sessionOf } from './harness';
import { UnderstandPage } from './pages/understand-page';
import { until } from './until';

/** More stops than any page has. */
const MOST_STOPS = 250;
/** Pictures to learn from. */
const LIMIT = 100;

describe('with the keyboard alone', () => {
  let running: Running;
  let page: Page;
  let window: UnderstandPage;

  const press = (key: string): Promise<void> => page.keyboard.press(key);

  /** Where the keyboard is, by test id; and what is wrong with how it is shown there: nothing when it can be seen. */
  const here = (): Promise<{ id: string; wrong: string | null }> =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (!element || element === document.body) return { id: '', wrong: null };
      const { boxShadow, outlineStyle, outlineWidth } = getComputedStyle(element);
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--accent)';
      const accent = getComputedStyle(probe).color;
      probe.remove();
      const box = element.getBoundingClientRect();
      const marked = boxShadow.includes(accent) || (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0);
      const inSight = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
      const id = element.dataset['testid'] ?? '';
      const name = `${element.tagName} ${id} ${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? ''}`;
      return { id, wrong: marked && inSight ? null : `${name}: ${marked ? 'out of sight' : 'no mark'}` };
    });

  const seen = async (): Promise<string> => {
    const { id, wrong } = await here();
    expect(wrong).toBeNull();
    return id;
  };

  /** Tab by Tab until the keyboard is there, looking at every stop. */
  async function tabTo(what: string | RegExp): Promise<void> {
    const stops: string[] = [];
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      const id = await seen();
      stops.push(id);
      if (typeof what === 'string' ? id === what : what.test(id)) return;
      await press('Tab');
    }
    throw new Error(`Tab does not lead to ${String(what)}, but to ${[...new Set(stops)].join(', ')}.`);
  }

  const finished = (before: string | null): Promise<void> =>
    until(async () => {
      const now = await sessionOf(page);
      return now.status === 'finished' && now.runId !== before;
    }, 'the training to end');

  beforeAll(async () => {
    running = await launch();
    page = running.page;
    window = new UnderstandPage(page);
  });
  afterAll(() => running.close());

  it('a project is made of the sample', async () => {
    await tabTo('open-sample');
    await press('Enter');
    await window.opened();
  });

  it('a recipe is changed, and trained', async () => {
    await press('3');
    for (const [setting, figure] of [['epochs-0', 2], ['epochs-1', 0], ['limit', LIMIT]] as const) {
      await tabTo(`setting-${setting}`);
      await page.keyboard.type(String(figure));
      await press('Enter');
      expect(await seen()).toBe(`setting-${setting}`);
    }
    await tabTo('train-start');
    await press('Enter');
    await finished(null);
    const recipe = (await sessionOf(page)).recipe;
    expect([recipe?.phases.map(({ epochs }) => epochs), recipe?.limit]).toEqual([[2, 0], LIMIT]);
  });

  it('a wrong cell is opened, and a picture of it relabelled', async () => {
    await press('4');
    await window.measured();
    await tabTo('view-summary');
    await press('ArrowRight');
    expect(await seen()).toBe('view-mistakes');
    await tabTo(/^cell-/);
    const isWrong = (id: string): boolean => {
      const [, label, predicted] = /^cell-(\d+)-(\d+)$/.exec(id) ?? [];
      return label !== predicted;
    };
    await press('Home');
    if (!isWrong(await seen())) await press('ArrowRight');
    const cell = await seen();
    expect(isWrong(cell)).toBe(true);
    const predicted = Number(cell.split('-')[2]);
    await press('Enter');
    await window.picturesShown();
    await tabTo('picture-grid');
    await press('Space');
    await expect.poll(() => window.selected()).toBe(1);
    await tabTo('selection-suggested');
    const named = async (): Promise<number> => (await sessionOf(page)).data?.project?.classes[predicted]?.test ?? NaN;
    const there = await named();
    await press('Enter');
    await expect.poll(named).toBe(there + 1);
    await window.measured();
  });

  it('the model is trained again', async () => {
    const { runId } = await sessionOf(page);
    await tabTo('train-again');
    await press('Enter');
    await finished(runId);
  });

  it('a test picture is tried', async () => {
    await press('5');
    await page.locator('[data-testid="test-picture-0"]:enabled').waitFor();
    await tabTo('test-picture-0');
    await press('Enter');
    await page.locator('[data-testid="answer"][data-elapsed]').waitFor();
    expect(await window.at('top-five').locator('li').count()).toBe(5);
  });

  it('the model is exported', async () => {
    const folder = newFolder();
    await answerDialogs(running.app, folder);
    await press('Control+e');
    const result = page.locator('[data-testid="export-result"][data-format="tfjs"]');
    await result.waitFor({ timeout: 120_000 });
    expect(existsSync(join((await result.getAttribute('data-directory')) ?? '', 'model.json'))).toBe(true);
  });

  it('nothing was complained of', () => {
    expect(running.complaints).toEqual([]);
  });
});
