/**
 * The power goes, twenty times: engine or app are killed at random moments while pictures come in and while they are changed. The project
 * opens each time. Of an import at most the last second is missing; of changes that were answered, none.
 */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSummary, PictureQuery, Progress } from '../../electron/contract';
import { album, madeAlbum } from './albums';
import { type Running, call, enginePid, launch, sessionOf } from './harness';

/** So many that they take some seconds; one file in twenty is its own, the others are further names of it. */
const PICTURES = 10_000;
/** Kills of each kind: two victims, two kinds of work. */
const TIMES = 5;
const SECOND = 1000;
const ALL: PictureQuery = { part: 'all', class: null, text: '', only: null };

const pictures = madeAlbum(PICTURES / 20, 20);
const open = (page: Page, path: string): Promise<DataSummary> => call(page, 'data:open', { source: { kind: 'path', path } });
const directoryOf = ({ project }: DataSummary): string => project?.directory ?? '';
const count = async (page: Page): Promise<number> => (await call(page, 'data:ids', { query: ALL })).length;

/** What the page was told, with the time it was: kept here, because the page goes with the app. */
interface Told {
  at: number;
  done: number;
}

let running: Running;
let told: Told[] = [];

async function start(userData?: string): Promise<void> {
  running = await launch(userData === undefined ? {} : { userData });
  await running.page.exposeFunction('tell', (done: number) => told.push({ at: Date.now(), done }));
  await running.page.evaluate(() => {
    const tell = Reflect.get(window, 'tell') as (done: number) => void;
    (Reflect.get(window, 'tsugiki') as { on(name: string, listener: (progress: Progress) => void): void }).on('progress', (progress) => {
      if (progress.kind === 'stage' && progress.stage === 'read' && progress.total > 0) tell(progress.done);
    });
  });
}

/** Waits until work has begun and then a moment of its time, and kills. Answers when it did. */
async function kill(victim: 'engine' | 'app', within: number): Promise<number> {
  await expect.poll(() => told.length, { timeout: 30_000, interval: 2 }).toBeGreaterThan(0);
  await setTimeout(Math.random() * within);
  const child = running.app.process();
  const ended = once(child, 'exit');
  const at = Date.now();
  if (victim === 'engine') {
    const pid = enginePid(running.userData);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => enginePid(running.userData), { timeout: 30_000 }).not.toBe(pid);
  } else {
    child.kill('SIGKILL');
    await ended;
    await start(running.userData);
  }
  return at;
}

/** What was surely acknowledged by then. */
const acknowledged = (by: number): number => told.filter(({ at }) => at <= by).reduce((most, { done }) => Math.max(most, done), 0);

beforeAll(() => start());
afterAll(() => running.close());

const victims = ['engine', 'app'] as const;

describe.each(victims)('when the %s is killed while pictures come in', (victim) => {
  /** How long all pictures take, from the first word of it. */
  let whole = 0;

  beforeAll(async () => {
    told = [];
    await open(running.page, pictures);
    whole = Date.now() - (told[0]?.at ?? 0);
  });

  it.each(Array.from({ length: TIMES }, (_, i) => i + 1))('the project opens with what was in by then (%i)', async () => {
    told = [];
    // The answer does not come when the app is killed.
    const answer = open(running.page, pictures).catch(() => null);
    const at = await kill(victim, whole);
    await answer;
    await expect.poll(async () => (await sessionOf(running.page)).data, { timeout: 60_000 }).not.toBeNull();
    const { page } = running;
    const there = await count(page);
    const moment = `killed ${at - (told[0]?.at ?? 0)} ms into ${whole} ms; ${there} pictures are in`;
    expect(there, moment).toBeGreaterThanOrEqual(acknowledged(at - SECOND));
    const { summary, report } = await call(page, 'data:import', { paths: [pictures], className: null });
    expect(report, moment).toMatchObject({ added: PICTURES - there, already: there, skipped: [] });
    expect(summary.project?.classes.map((one) => one.train), moment).toEqual(Array(4).fill(PICTURES / 4));
  });
});

describe.each(victims)('when the %s is killed while pictures are changed', (victim) => {
  let project: string;
  let ids: number[];
  let classes: number[];

  beforeAll(async () => {
    const summary = await open(running.page, album());
    project = directoryOf(summary);
    ids = await call(running.page, 'data:ids', { query: ALL });
    classes = summary.project?.classes.map(({ id }) => id) ?? [];
  });

  /** Change after change, each when the one before was answered, until it is calm: step k moves a picture, and then calls the project "k". */
  const storm = (page: Page, from: number): Promise<void> =>
    page.evaluate(async ([step, all, to]) => {
      const { call: ask } = Reflect.get(window, 'tsugiki') as { call(name: string, input: unknown): Promise<{ ok: boolean }> };
      const tell = Reflect.get(window, 'tell') as (done: number) => Promise<void>;
      Reflect.set(window, 'calm', false);
      for (let k = step; !Reflect.get(window, 'calm'); k++) {
        const moved = await ask('data:edit', { edit: { kind: 'move', pictures: [all[k % all.length]], class: to[k % to.length] } });
        const named = moved.ok && (await ask('data:edit', { edit: { kind: 'rename_project', name: String(k) } })).ok;
        if (!named) return;
        await tell(k);
      }
    }, [from, ids, classes] as const);

  /** Class of each picture after `steps` steps from its own. */
  const expected = (before: ReadonlyMap<number, number>, from: number, steps: number): Map<number, number> => {
    const after = new Map(before);
    for (let k = from; k <= steps; k++) after.set(ids[k % ids.length] ?? -1, classes[k % classes.length] ?? -1);
    return after;
  };

  const classesNow = async (page: Page): Promise<Map<number, number>> =>
    new Map((await call(page, 'data:thumbnails', { query: ALL, offset: 0, count: 100 })).pictures.map((card) => [card.id, card.class]));

  it.each(Array.from({ length: TIMES }, (_, i) => i + 1))('the project opens with every change that was answered (%i)', async (time) => {
    const before = await classesNow(running.page);
    const from = time * 10_000;
    told = [];
    const stormed = storm(running.page, from).catch(() => undefined);
    const at = await kill(victim, SECOND);
    // An engine that was killed between two changes is not missed by the storm.
    await running.page.evaluate(() => Reflect.set(window, 'calm', true));
    await stormed;
    const { name } = await open(running.page, project);
    const last = Number(name);
    const moment = `killed ${at - (told[0]?.at ?? 0)} ms into the storm, after "${acknowledged(at)}" was answered; it is called "${name}"`;
    expect(last, moment).toBeGreaterThanOrEqual(acknowledged(at));
    const now = await classesNow(running.page);
    // The move of a step that was not finished may be in.
    expect([expected(before, from, last), expected(before, from, last + 1)], moment).toContainEqual(now);
  });
});
