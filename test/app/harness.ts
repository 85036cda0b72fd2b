/** The real application under test: started as a person would start it, with its own empty folder for user data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ElectronApplication, type Page, _electron } from 'playwright-core';
import type { CallInput, CallName, CallResults, Envelope, Session } from '../../electron/contract';
import { electronPath } from '../../scripts/setup/electron.mjs';

export const REPO = resolve(import.meta.dirname, '../..');
const RESULTS = join(REPO, 'test-results');

/** Where CIFAR-10's .bin files are, or null. */
export function cifarFolder(): string | null {
  const folder = process.env['TSUGIKI_DATA'] ?? resolve(REPO, '../shared/data/cifar-10-batches-bin');
  return existsSync(join(folder, 'data_batch_1.bin')) ? folder : null;
}

/** Folder of Keras' weight files: the one given, or the one beside the checkout; null when there is none. */
export function weightsFolder(): string | null {
  const folder = process.env['TSUGIKI_WEIGHTS'] ?? resolve(REPO, '../shared/data/weights');
  return existsSync(join(folder, 'mobilenet_v2_1.0_224_no_top.h5')) ? folder : null;
}

let screen: Promise<string> | null = null;
/** A display to draw on: the one there is, or a virtual one for as long as the tests run. */
export function display(): Promise<string> {
  const given = process.env['DISPLAY'];
  if (given || process.platform !== 'linux') return Promise.resolve(given ?? '');
  screen ??= new Promise((found, failed) => {
    const xvfb: ChildProcess = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'pipe', 'ignore'] });
    process.once('exit', () => xvfb.kill());
    xvfb.once('error', () => failed(new Error('There is no display, and Xvfb is not installed: apt-get install xvfb.')));
    xvfb.stdout?.once('data', (number: Buffer) => found(`:${number.toString().trim()}`));
  });
  return screen;
}

export interface Running {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly userData: string;
  /** What the page wrote on its console as errors; empty at the end of a good test. */
  readonly complaints: string[];
  /** A picture of the window in test-results/. */
  shot(name: string): Promise<void>;
  /** Quits; keeps the user data when asked, to start again on it. */
  close(keep?: 'keep'): Promise<void>;
}

/**
 * @param options.userData folder of an earlier start, kept with `close('keep')`
 * @param options.args what stands behind the application on its command line
 */
export async function launch(options: { userData?: string; env?: Record<string, string>; args?: string[] } = {}): Promise<Running> {
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'tsugiki-test-'));
  const app = await _electron.launch({
    executablePath: electronPath(),
    args: ['--no-sandbox', REPO, ...(options.args ?? [])],
    cwd: REPO,
    env: { ...(process.env as Record<string, string>), DISPLAY: await display(), TSUGIKI_USER_DATA: userData, TSUGIKI_WEIGHTS: weightsFolder() ?? '', LANG: 'en_US.UTF-8', ...options.env }
  });
  const page = await app.firstWindow();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.waitForLoadState('load');
  // Not before: the first to ask main has to be the page, which then listens to it.
  await page.locator('[data-testid="frame"].ready').waitFor();
  return {
    app, page, userData, complaints,
    async shot(name) {
      mkdirSync(RESULTS, { recursive: true });
      // Not Playwright's: it cuts off what an enlarged window shows.
      const image = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.capturePage().then((shown) => shown.toPNG().toString('base64')));
      writeFileSync(join(RESULTS, `${name}.png`), image ?? '', 'base64');
    },
    async close(keep) {
      await app.close();
      if (!keep) rmSync(userData, { recursive: true, force: true });
    }
  };
}

/** Calls main over the page's own bridge; throws what main refuses with. */
export async function call<K extends CallName>(page: Page, name: K, input: CallInput<K>): Promise<CallResults[K]> {
  const answer = await page.evaluate(
    async ([n, i]) => (Reflect.get(window, 'tsugiki') as { call(name: string, input: unknown): Promise<unknown> }).call(n as string, i),
    [name, input] as const
  ) as Envelope<CallResults[K]>;
  if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
  return answer.value;
}

/** What main knows of the run. */
export const sessionOf = async (page: Page): Promise<Session> => (await call(page, 'app:info', undefined)).session;

/** Process id of the engine that came up last. */
export function enginePid(userData: string): number {
  const log = readFileSync(join(userData, 'logs', 'main.log'), 'utf8');
  return Number([...log.matchAll(/Engine (\d+) is ready/g)].pop()?.[1]);
}

/** Answers the next "choose" dialogs with these paths; null cancels. */
export const answerDialogs = (app: ElectronApplication, path: string | null): Promise<void> =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] });
  }, path);

/** Answers the next "save as" dialogs with this path; null cancels. */
export const answerSaving = (app: ElectronApplication, path: string | null): Promise<void> =>
  app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: chosen === null, filePath: chosen ?? '' });
  }, path);
