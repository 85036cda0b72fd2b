/** The server over a real socket: what it answers is what the model says, and what it refuses it refuses in words. */
import { once } from 'node:events';
import { request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../electron/cli/serve/limits';
import { makeServer } from '../../electron/cli/serve/server';
import { Classifier } from '../../electron/engine/jobs/classify';
import { smallModel } from '../engine/export-fixture';
import { bmp, plain } from '../engine/fixtures';

const classifier = new Classifier(smallModel());
const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
  classifier.dispose();
});

async function serve(limits = {}, loopback = true): Promise<{ at: string; port: number }> {
  const server = makeServer({ classifier, limits: { ...LIMITS, ...limits }, loopback });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { at: `http://127.0.0.1:${port}`, port };
}

const red = bmp(plain(40, 30, 255, 0, 0));
const blue = bmp(plain(20, 20, 0, 0, 255));
const form = (...files: [string, Uint8Array][]): FormData => {
  const made = new FormData();
  for (const [name, bytes] of files) made.append('pictures', new Blob([bytes as BlobPart]), name);
  return made;
};
const post = async (address: string, body: BodyInit): Promise<{ status: number; value: unknown; headers: Headers }> => {
  const response = await fetch(address, { method: 'POST', body });
  return { status: response.status, value: await response.json(), headers: response.headers };
};
const said = ({ top, unknown }: ReturnType<Classifier['classify']>) => ({ top, unknown });

describe('a model behind HTTP', () => {
  let at: string;
  let port: number;
  beforeAll(async () => ({ at, port } = await serve()));

  it('says of a picture what the model says', async () => {
    const { status, value } = await post(`${at}/classify`, red as BodyInit);
    expect(status).toBe(200);
    expect(value).toEqual({ ...said(classifier.classify(red)), milliseconds: expect.any(Number) as number });
  });

  it('names as many classes as asked for', async () => {
    const { value } = await post(`${at}/classify?top=1`, red as BodyInit);
    expect((value as { top: unknown[] }).top).toEqual(classifier.classify(red).top.slice(0, 1));
    for (const top of ['0', '5', 'all', '1.5']) expect(await post(`${at}/classify?top=${top}`, red as BodyInit)).toMatchObject({ status: 400, value: { error: { code: 'wrong_parameter' } } });
  });

  it('answers a form in its order, and passes over what it cannot read', async () => {
    const { status, value } = await post(`${at}/classify`, form(['blue.bmp', blue], ['notes.txt', Buffer.from('no picture')], ['赤.bmp', red]));
    expect(status).toBe(200);
    expect(value).toMatchObject({
      answers: [{ file: 'blue.bmp', ...said(classifier.classify(blue)) }, { file: 'notes.txt', error: { message: expect.stringContaining('picture') as string } }, { file: '赤.bmp', ...said(classifier.classify(red)) }]
    });
  });

  it('answers many at once, each rightly', async () => {
    const pictures = Array.from({ length: 24 }, (_, i) => bmp(plain(10, 10, i * 10, 255 - i * 10, 128)));
    const answers = await Promise.all(pictures.map((picture) => post(`${at}/classify`, picture as BodyInit)));
    answers.forEach(({ value }, i) => expect(value).toMatchObject(said(classifier.classify(pictures[i] as Uint8Array))));
  });

  it('refuses in words', async () => {
    expect(await post(`${at}/classify`, 'no picture')).toMatchObject({ status: 422, value: { error: { message: expect.stringContaining('picture') as string } } });
    expect(await post(`${at}/classify`, '')).toMatchObject({ status: 400, value: { error: { code: 'no_picture' } } });
    expect(await post(`${at}/classify`, form())).toMatchObject({ status: 400 });
    expect(await post(`${at}/nowhere`, red as BodyInit)).toMatchObject({ status: 404, value: { error: { message: expect.stringContaining('/classify') as string } } });
    const wrong = await fetch(`${at}/classify`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    const broken = await fetch(`${at}/classify`, { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: 'not a form' });
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: 'bad_form' } }]);
  });

  it('is not reached under another name from a browser on this machine', async () => {
    const asked = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => httpRequest({ port, host: '127.0.0.1', path: '/health', headers: { host } }, (response) => resolve(response.resume().statusCode)).on('error', reject).end());
    expect(await asked('evil.example')).toBe(403);
    expect(await asked('127.0.0.1.evil.example')).toBe(403);
    expect(await asked(`localhost:${port}`)).toBe(200);
    const open = await serve({}, false);
    expect((await fetch(`${open.at}/health`)).status).toBe(200);
  });

  it('tells its model, its health and its description', async () => {
    expect(await (await fetch(`${at}/model`)).json()).toMatchObject({ classNames: classifier.model.meta.classNames, inputSize: 32 });
    expect(await (await fetch(`${at}/health`)).json()).toMatchObject({ status: 'ok', waiting: 0 });
    const description = (await (await fetch(`${at}/openapi.json`)).json()) as { openapi: string; paths: object };
    expect(description.openapi).toBe('3.1.0');
    for (const path of Object.keys(description.paths)) expect((await fetch(at + path)).status, path).not.toBe(404);
  });
});

describe('its limits', () => {
  it('hold for the bytes of a request, announced or not', async () => {
    const { at } = await serve({ bytes: 2000 });
    expect(await post(`${at}/classify`, new Uint8Array(5000) as BodyInit)).toMatchObject({ status: 413, value: { error: { message: expect.stringContaining('smaller') as string } } });
    const unannounced = new ReadableStream({
      start(sink) {
        for (let i = 0; i < 5; i++) sink.enqueue(new Uint8Array(1000));
        sink.close();
      }
    });
    const answer = await fetch(`${at}/classify`, { method: 'POST', body: unannounced, duplex: 'half' } as RequestInit);
    expect(answer.status).toBe(413);
    expect((await fetch(`${at}/health`)).status).toBe(200);
  });

  it('hold for the pictures of a form', async () => {
    const { at } = await serve({ pictures: 2 });
    expect(await post(`${at}/classify`, form(['1', red], ['2', red], ['3', red]))).toMatchObject({ status: 413, value: { error: { code: 'too_many_pictures' } } });
  });

  it('send away who finds too many waiting', async () => {
    const { at, port } = await serve({ waiting: 1 });
    // One that never sends what it announced keeps the only place.
    const slow = connect(port, '127.0.0.1');
    await once(slow, 'connect');
    slow.write('POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf');
    const waiting = async (): Promise<number> => ((await (await fetch(`${at}/health`)).json()) as { waiting: number }).waiting;
    await expect.poll(waiting).toBe(1);
    const { status, headers } = await post(`${at}/classify`, red as BodyInit);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    slow.destroy();
    await expect.poll(waiting).toBe(0);
    expect((await post(`${at}/classify`, red as BodyInit)).status).toBe(200);
  });

  it('give up on who does not finish asking', async () => {
    const { port } = await serve({ seconds: 1 });
    const slow = connect(port, '127.0.0.1');
    await once(slow, 'connect');
    slow.write('POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf');
    const [answer] = (await once(slow, 'data')) as [Buffer];
    expect(answer.toString()).toContain('408');
  });
});
