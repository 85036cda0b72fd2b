/** The window itself: it opens, and nothing gets in or out of it but the contract. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../../electron/contract';
import { REPO, type Running, launch } from './harness';

/** The page's own view of the bridge; `call` takes anything here, to see what main makes of it. */
interface PageWindow {
  tsugiki: Omit<Bridge, 'call'> & { call(name: string, input: unknown): Promise<{ ok: boolean; error?: { code: string; message: string } }> };
}

let running: Running;
beforeAll(async () => {
  running = await launch();
});
afterAll(() => running.close());

describe('window', () => {
  it('opens with its title, at its size, on its own address', async () => {
    const { app, page } = running;
    expect(page.url()).toBe('app://tsugiki/index.html');
    expect(await page.title()).toContain('Tsugiki');
    const { size, minimum, visible } = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return { size: window?.getSize(), minimum: window?.getMinimumSize(), visible: window?.isVisible() };
    });
    expect(size).toEqual([1280, 800]);
    expect(minimum).toEqual([1024, 640]);
    expect(visible).toBe(true);
  });

  it('has a menu', async () => {
    const labels = await running.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map((item) => item.label));
    expect(labels).toEqual(['File', 'Edit', 'View', 'Window', 'Help']);
  });

  it('starts the engine, at a lower priority than its own', async () => {
    const log = join(running.userData, 'logs', 'main.log');
    await expect.poll(() => readFileSync(log, 'utf8'), { timeout: 30_000 }).toContain('is ready, TensorFlow 2.');
    const pid = Number(/Engine (\d+) is ready/.exec(readFileSync(log, 'utf8'))?.[1]);
    expect(getPriority(pid)).toBeGreaterThan(getPriority(running.app.process().pid ?? 0));
  });
});

describe('sandbox', () => {
  it('gives the page the bridge and nothing of Node', async () => {
    const seen = await running.page.evaluate(() => ({
      node: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process'), typeof Reflect.get(window, 'module'), typeof Reflect.get(window, 'Buffer')],
      bridge: Object.keys(Reflect.get(window, 'tsugiki') as object).sort()
    }));
    expect(seen.node).toEqual(['undefined', 'undefined', 'undefined', 'undefined']);
    expect(seen.bridge).toEqual(['call', 'on', 'pathOf']);
  });

  it('runs the page sandboxed and isolated', async () => {
    const preferences = await running.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false });
  });

  it('has a preload of names, not of schemas', () => {
    expect(statSync(join(REPO, 'out/preload/index.cjs')).size).toBeLessThan(4096);
  });
});

describe('content security policy', () => {
  it('comes with the page', async () => {
    const policy = await running.page.evaluate(() => fetch(location.href).then((answer) => answer.headers.get('content-security-policy')));
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe-eval');
  });

  it('keeps inline scripts and eval from running', async () => {
    const ran = await running.page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.head.append(script);
      // In an event of the page's own: what the test itself evaluates is above the policy.
      const { evaluated, handler } = await new Promise<{ evaluated: boolean; handler: boolean }>((resolve) => {
        const image = document.createElement('img');
        image.setAttribute('onerror', 'window.handlerRan = true');
        image.addEventListener('error', () => {
          let evaluated = true;
          try {
            (0, eval)('1');
          } catch {
            evaluated = false;
          }
          resolve({ evaluated, handler: Reflect.has(window, 'handlerRan') });
        });
        image.src = 'data:image/png;base64,AA';
        document.body.append(image);
      });
      return { inline: Reflect.has(window, 'inlineRan'), evaluated, handler };
    });
    expect(ran).toEqual({ inline: false, evaluated: false, handler: false });
  });
});

describe('the outside', () => {
  it('cannot be reached from the page', async () => {
    const answer = await running.page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused'));
    expect(answer).toBe('refused');
  });

  it('cannot be reached from the session either, where no policy of a page holds', async () => {
    const outcome = await running.app.evaluate(
      ({ net }) =>
        new Promise<string>((resolve) => {
          const request = net.request('http://127.0.0.1:9/');
          request.on('error', (error) => resolve(error.message));
          request.on('response', () => resolve('reached'));
          request.end();
        })
    );
    expect(outcome).toBe('net::ERR_BLOCKED_BY_CLIENT');
  });

  it('cannot be navigated to, opened or embedded', async () => {
    const { app, page } = running;
    const opened = await page.evaluate(() => window.open('https://example.com/') === null);
    await page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    await page.evaluate(() => document.body.append(document.createElement('webview')));
    expect(opened).toBe(true);
    expect(page.url()).toBe('app://tsugiki/index.html');
    expect(await app.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1);
  });

  it('is not read through the app protocol', async () => {
    const statuses = await running.page.evaluate(() =>
      Promise.all(['app://tsugiki/../../package.json', 'app://tsugiki/..%2f..%2fpackage.json', 'app://tsugiki/%2e%2e/main/index.cjs'].map((address) => fetch(address).then((answer) => answer.status))));
    expect(statuses).toEqual([404, 404, 404]);
  });

  it('gets no permission, but for a picture from the camera', async () => {
    const { page, close } = await launch({ args: ['--use-fake-device-for-media-stream'] });
    const states = await page.evaluate(async () => {
      const media = (wanted: MediaStreamConstraints) => navigator.mediaDevices.getUserMedia(wanted).then((stream) => {
        const [track] = stream.getTracks();
        const given = `${track?.kind} ${track?.readyState}`;
        track?.stop();
        return given;
      }, (error: DOMException) => error.name);
      return [
        await Notification.requestPermission(), (await navigator.permissions.query({ name: 'geolocation' })).state,
        await media({ audio: true }), await media({ audio: true, video: true }), await media({ video: true })
      ];
    });
    await close();
    expect(states).toEqual(['denied', 'denied', 'NotAllowedError', 'NotAllowedError', 'video live']);
  });
});

describe('calls', () => {
  const call = (name: string, input: unknown) =>
    running.page.evaluate(([n, i]) => (window as unknown as PageWindow).tsugiki.call(n as string, i), [name, input] as const);

  it('answer the application, its preferences and its session', async () => {
    const answer = await call('app:info', undefined);
    expect(answer).toMatchObject({ ok: true, value: { version: '0.1.0', session: { status: 'idle', runId: null } } });
  });

  it('are refused with the setting named when the payload does not fit', async () => {
    const recipe = { phases: [{ name: 'frozen', epochs: -1 }] };
    const answer = await call('train:start', { recipe, weights: 'auto' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad_payload' } });
    expect(answer.error?.message).toContain('recipe.phases.0.epochs: epochs must be at least 0.');
  });

  it('are refused when there is no such call, inherited names included', async () => {
    for (const name of ['fs:read', 'toString', '__proto__']) {
      expect(await call(name, undefined)).toMatchObject({ ok: false, error: { code: 'unknown_call' } });
    }
  });

  it('are refused from a page that is not ours', async () => {
    const code = await running.app.evaluate(async ({ BrowserWindow, app }) => {
      const other = new BrowserWindow({ show: false, webPreferences: { sandbox: true, contextIsolation: true, preload: `${app.getAppPath()}/out/preload/index.cjs` } });
      await other.loadURL('app://tsugiki/index.html');
      const answer = (await other.webContents.executeJavaScript("window.tsugiki.call('app:info', undefined)")) as { ok: boolean; error?: { code: string } };
      other.destroy();
      return answer.error?.code;
    });
    expect(code).toBe('untrusted_sender');
  });

  it('train nothing without pictures, and say so', async () => {
    expect(await call('train:start', { recipe: {}, weights: 'auto' })).toMatchObject({ ok: false, error: { code: 'no_data' } });
  });

  it('export only where the person has said', async () => {
    expect(await call('export:model', { format: 'tfjs', precision: 'float32', directory: '/' })).toMatchObject({ ok: false, error: { code: 'folder_not_chosen' } });
  });
});

describe('what is remembered', () => {
  it('is written whole, and read again on the next start', async () => {
    const first = await launch();
    await first.page.evaluate(() => (window as unknown as PageWindow).tsugiki.call('preferences:set', { locale: 'ja', theme: 'dark' }));
    await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 20, y: 30, width: 1100, height: 700 }));
    await first.close('keep');
    expect(JSON.parse(readFileSync(join(first.userData, 'preferences.json'), 'utf8'))).toEqual({ locale: 'ja', theme: 'dark', map: 'umap' });

    const second = await launch({ userData: first.userData });
    const seen = await second.app.evaluate(({ BrowserWindow, Menu, nativeTheme }) => ({
      width: BrowserWindow.getAllWindows()[0]?.getSize(), menu: Menu.getApplicationMenu()?.items[0]?.label, dark: nativeTheme.shouldUseDarkColors
    }));
    expect(seen).toEqual({ width: [1100, 700], menu: 'ファイル', dark: true });
    expect(existsSync(join(first.userData, 'logs', 'main.log'))).toBe(true);
    await second.close();
  });
});
