/** Whether everyone can read a page: what axe finds, and what is cut off. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, Result, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import type { WindowPage } from './pages/window-page';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Once a page, before `barriers`. */
export const bringAxe = (page: Page): Promise<void> => page.evaluate(AXE);

/** What axe finds that keeps people out, once colours have stopped changing. */
export async function barriers(window: WindowPage): Promise<string[]> {
  await window.settled();
  return seriousOf(window.page);
}

/** All that axe finds but what it calls minor. @param rules only these; all when left out */
export async function hindrances(window: WindowPage, rules?: string[]): Promise<string[]> {
  await window.settled();
  return told((await axe(window.page, rules)).filter(({ impact }) => impact !== 'minor'));
}

/** What axe finds on any page as it is now. */
export const seriousOf = async (page: Page): Promise<string[]> => told((await axe(page)).filter(({ impact }) => impact === 'serious' || impact === 'critical'));

const axe = async (page: Page, rules?: string[]): Promise<Result[]> =>
  (await page.evaluate((only) => (Reflect.get(globalThis, 'axe') as { run(options: RunOptions): Promise<AxeResults> }).run(only ? { runOnly: only } : {}), rules)).violations;

const told = (violations: readonly Result[]): string[] =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`));

/** Elements that hold more than they show: text cut off without a sign, pages that scroll sideways, or a frame and a rail that do not fit. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const named = (element: Element): string => `${element.tagName}.${element.className} "${element.textContent?.trim().slice(0, 40)}"`;
    const sideways = [document.documentElement, ...document.querySelectorAll('.main, .settings, .card')].filter((element) => element.scrollWidth > element.clientWidth + 1);
    const beneath = [document.body, ...document.querySelectorAll('nav')].filter((element) => element.scrollHeight > element.clientHeight + 1);
    const squeezed = [...document.querySelectorAll('button, h1, h2, h3, td, th, dd, dt')].filter((element) => {
      const { overflowX, textOverflow } = getComputedStyle(element);
      return element.clientWidth > 0 && overflowX === 'visible' && textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1;
    });
    return [...sideways, ...beneath, ...squeezed].map(named);
  });
