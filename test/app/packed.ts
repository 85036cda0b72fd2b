/** The packed application, as a person has it after installing: its fuses let no debugger in, so the page is reached over Chromium's own port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Page, chromium } from 'playwright-core';
import { display } from './harness';

export interface Packed {
  readonly page: Page;
  /** Closes the window as its button does; the exit code once the application has ended. */
  quit(): Promise<number | null>;
  /** Ends it at once, if it has not ended. */
  kill(): void;
}

/** @param home the only thing it knows of this machine, beside the display */
export async function startPacked(executable: string, home: string): Promise<Packed> {
  // Who may draw on the display is written down in the person's own home.
  const XAUTHORITY = process.env['XAUTHORITY'] ?? join(homedir(), '.Xauthority');
  const env = { HOME: home, DISPLAY: await display(), XAUTHORITY, PATH: process.env['PATH'] ?? '', LANG: 'en_US.UTF-8', ...(process.platform === 'win32' && { USERPROFILE: home, APPDATA: home, LOCALAPPDATA: home }) };
  const child = spawn(executable, ['--no-sandbox', '--remote-debugging-port=0'], { cwd: home, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const page = await address(child).then(firstPage).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    page,
    async quit() {
      await page.close();
      return ended;
    },
    kill: () => void child.kill('SIGKILL')
  };
}

async function firstPage(url: string): Promise<Page> {
  // An application is no browser: it has no downloads and contexts to set up.
  const browser = await chromium.connectOverCDP(url, { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error('The packed application shows no window.');
  return context.pages()[0] ?? context.waitForEvent('page');
}

/** Chromium tells the address of its port as soon as it listens. */
function address(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = '';
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
      const url = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (url) found(url);
    });
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`The packed application ended with exit code ${code} before its window opened:\n${said}`)));
  });
}
