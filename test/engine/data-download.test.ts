import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, afterAll, describe, expect, it, vi } from 'vitest';
import { READY_MADE } from '../../electron/contract';
import { download } from '../../electron/engine/data/download';
import { openPacked } from '../../electron/engine/data/packed-sets';
import { locateReadyMade } from '../../electron/engine/data/ready-made';
import { rows } from './cifar-fixture';
import { recordingContext, tarGz, temporaryFolder } from './fixtures';

const root = temporaryFolder();
const path = join(root, 'file.bin');
const CONTENT = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));
const hash = (kind: 'sha256' | 'md5', bytes: Uint8Array = CONTENT) => createHash(kind).update(bytes).digest('hex');
const sha256 = hash('sha256');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let base: string;
let answer: Answer;
const ranges: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  ranges.length = 0;
  for (const file of [path, `${path}.part`]) rmSync(file, { force: true });
});

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const whole: Answer = (_, response) => void response.writeHead(200, { 'content-length': CONTENT.length }).end(CONTENT);
/** Answers ranges; breaks the connection after `bytes` when asked for all. */
const ranged = (bytes = Infinity): Answer => (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= CONTENT.length) return void response.writeHead(416).end();
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': CONTENT.length - from });
  if (from > 0 || bytes === Infinity) return void response.end(CONTENT.subarray(from));
  response.write(CONTENT.subarray(0, bytes));
  // A connection that breaks at once may lose what was sent; here something has arrived.
  void vi.waitUntil(() => sizeOf(`${path}.part`) > 0, { interval: 1 }).finally(() => response.destroy());
};

const fetchIt = (extra: object = {}, context = recordingContext().context) => download({ url: `${base}/file`, path, sha256, ...extra }, context);

describe('download', () => {
  it('fetches, checks and puts the file in place, telling how far it is', async () => {
    answer = whole;
    const { context, reports } = recordingContext();
    await fetchIt({}, context);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(existsSync(`${path}.part`)).toBe(false);
    expect(reports[0]).toMatchObject({ kind: 'stage', stage: 'download', done: 0, total: CONTENT.length, unit: 'bytes' });
    expect(reports[reports.length - 1]).toMatchObject({ done: CONTENT.length, total: CONTENT.length });
  });

  it('goes on where it broke off', async () => {
    answer = ranged(100_000);
    await expect(fetchIt()).rejects.toMatchObject({ code: 'download_broken' });
    expect(existsSync(path)).toBe(false);
    const part = sizeOf(`${path}.part`);
    expect(part).toBeGreaterThan(0);
    await fetchIt();
    expect(ranges).toEqual([undefined, `bytes=${part}-`]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it('starts again where the server knows no ranges, or the part is longer than the file', async () => {
    writeFileSync(`${path}.part`, 'something old');
    answer = whole;
    await fetchIt();
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    rmSync(path);
    writeFileSync(`${path}.part`, Buffer.concat([CONTENT, CONTENT]));
    answer = ranged();
    await fetchIt();
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it('follows a redirect', async () => {
    answer = (request, response) => (request.url === '/file' ? void response.writeHead(302, { location: '/elsewhere' }).end() : whole(request, response));
    await fetchIt();
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it('refuses a file that is not the published one, and does not keep it', async () => {
    answer = whole;
    await expect(fetchIt({ sha256: hash('sha256', Buffer.from('other')) })).rejects.toMatchObject({ code: 'download_damaged' });
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
    await fetchIt({ sha256: undefined, md5: hash('md5').toUpperCase() });
    expect(existsSync(path)).toBe(true);
  });

  it('says what the server answered, or that there is none', async () => {
    answer = (_, response) => void response.writeHead(404).end();
    await expect(fetchIt()).rejects.toThrow(/does not give .* \(status 404\)/);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(fetchIt({ url: `http://127.0.0.1:${port}/` })).rejects.toThrow(/127\.0\.0\.1:\d+ cannot be reached \(.*ECONNREFUSED/);
  });

  it('gives up on a server that does not answer, and on one that stops sending', async () => {
    answer = () => undefined;
    const timeouts = { connectMs: 60, idleMs: 60 };
    const { context } = recordingContext();
    await expect(download({ url: base, path, sha256 }, context, timeouts)).rejects.toThrow(/no answer within 0\.06 seconds/);
    answer = (_, response) => void response.writeHead(200, { 'content-length': CONTENT.length }).write(CONTENT.subarray(0, 1000));
    await expect(download({ url: base, path, sha256 }, context, timeouts)).rejects.toThrow(/nothing arrived for 0\.06 seconds/);
  });

  it('stops on demand', async () => {
    const { context, control } = recordingContext();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 50_000));
    };
    // The first report comes once the server has answered.
    const listening: typeof context = { ...context, report: () => control.stop() };
    await expect(download({ url: base, path, sha256 }, listening)).rejects.toMatchObject({ code: 'stopped' });
    expect(existsSync(path)).toBe(false);
  });
});

const CIFAR = {
  cifar10: [{ name: 'cifar-10-batches-bin/data_batch_1.bin', content: rows([1, 1]) }],
  cifar100: [{ name: 'cifar-100-binary/train.bin', content: rows([[0, 1], [0, 1]]) }]
};

describe.each(['cifar10', 'cifar100'] as const)('%s by name', (id) => {
  it('is looked for in TSUGIKI_DATA, then the cache, then downloaded into it; offline is no dead end', async () => {
    const before = { data: process.env['TSUGIKI_DATA'], cache: process.env['TSUGIKI_CACHE'] };
    const { name, file } = READY_MADE[id];
    const archive = await tarGz(CIFAR[id]);
    const source = { url: `${base}/${file}`, sha256: hash('sha256', archive) };
    try {
      process.env['TSUGIKI_CACHE'] = join(root, `cache of ${id}`);
      process.env['TSUGIKI_DATA'] = join(root, 'nothing here');
      answer = (_, response) => void response.writeHead(503).end();
      await expect(locateReadyMade(id, recordingContext().context, source)).rejects.toMatchObject({
        code: 'ready_made_unreachable',
        message: expect.stringMatching(new RegExp(`^${name} is not on this machine.*status 503.*choose the file ${file.replace(/\./g, '\\.')}, or the folder cifar-10`))
      });
      answer = (_, response) => void response.writeHead(200, { 'content-length': archive.length }).end(archive);
      const cached = join(root, `cache of ${id}`, 'data', file);
      expect(await locateReadyMade(id, recordingContext().context, source)).toBe(cached);
      const asked = ranges.length;
      const set = await openPacked({ kind: id }, recordingContext().context);
      expect([set.name, [...(await set.load('train', recordingContext().context)).labels]]).toEqual([name, [1, 1]]);
      expect(ranges).toHaveLength(asked);
      process.env['TSUGIKI_DATA'] = join(root, `cache of ${id}`, 'data');
      expect(await locateReadyMade(id, recordingContext().context, source)).toBe(cached);
    } finally {
      restore('TSUGIKI_DATA', before.data);
      restore('TSUGIKI_CACHE', before.cache);
    }
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
