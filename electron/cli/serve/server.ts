/** A model behind HTTP: POST a picture, get JSON. One picture at a time; what waits, and how long, is bounded. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { TsugikiError, toErrorShape } from '../../contract';
import type { Classifier } from '../../engine/jobs/classify';
import { type Posted, readPictures } from './body';
import type { Limits } from './limits';
import { openApi } from './openapi';
import { Refusal } from './refusal';

export interface Serving {
  readonly classifier: Classifier;
  readonly limits: Limits;
  /** Bound to this machine alone: then requests must name it so, too. */
  readonly loopback: boolean;
}

type Answered = Record<string, unknown>;

/** Names by which a machine calls itself. */
const isLoopback = (name: string): boolean => name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));

export function makeServer({ classifier, limits, loopback }: Serving): Server {
  const { meta } = classifier.model;
  let [waiting, answered] = [0, 0];
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other; between two, others are heard. */
  function inTurn<T>(work: () => T): Promise<T> {
    const mine = turn.then(() => new Promise<void>((resolve) => setImmediate(resolve))).then(work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function name({ bytes }: Posted, top: number): Promise<Answered> {
    const { top: all, unknown, milliseconds, probabilities } = await inTurn(() => classifier.classify(bytes));
    const best = top <= all.length ? all.slice(0, top) : probabilities.map((probability, i) => ({ label: meta.classNames[i], probability })).sort((a, b) => b.probability - a.probability).slice(0, top);
    return { top: best, unknown, milliseconds: Number(milliseconds.toFixed(2)) };
  }

  async function classify(request: IncomingMessage, query: URLSearchParams): Promise<Answered> {
    if (waiting >= limits.waiting) throw new Refusal(503, 'busy', `${waiting} requests are waiting already. Try again in a moment.`, { 'retry-after': '1', connection: 'close' });
    const top = wholeBetween('top', query.get('top') ?? String(Math.min(5, meta.classNames.length)), meta.classNames.length);
    waiting += 1;
    try {
      const pictures = await readPictures(request, limits);
      const [only] = pictures;
      if (only && only.name === null) return await name(only, top);
      const answers: Answered[] = [];
      for (const picture of pictures) {
        const answer = await name(picture, top).catch((error: unknown): Answered => ({ error: tellable(error).error }));
        answers.push({ file: picture.name, ...answer });
      }
      return { answers };
    } finally {
      waiting -= 1;
      answered += 1;
    }
  }

  async function answer(request: IncomingMessage): Promise<Answered> {
    refuseStrangers(request, loopback);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const place = PLACES[pathname];
    if (!place) throw new Refusal(404, 'not_found', `There is no ${pathname}. There are ${Object.keys(PLACES).join(', ')}.`);
    if (request.method !== place) throw new Refusal(405, 'wrong_method', `${pathname} takes ${place}.`, { allow: place });
    switch (pathname) {
      case '/classify':
        return classify(request, searchParams);
      case '/model': {
        const { classNames, backbone, alpha, inputSize, scale, trained } = meta;
        return { classNames, backbone, alpha, inputSize, scale, trained };
      }
      case '/openapi.json':
        return openApi(meta, limits) as Answered;
      default:
        return { status: 'ok', waiting, answered };
    }
  }

  const server = createServer({ requestTimeout: limits.seconds * 1000, headersTimeout: Math.min(limits.seconds, 10) * 1000, connectionsCheckingInterval: 1000 }, (request, response) => {
    answer(request).then(
      (value) => send(response, 200, value),
      (error: unknown) => {
        // Who asked has gone.
        if (response.destroyed) return;
        const { status, headers, error: told } = tellable(error);
        send(response, status, { error: told }, headers);
      }
    );
  });
  // A socket that neither asks nor reads.
  server.setTimeout((limits.seconds + 10) * 1000);
  return server;
}

const PLACES: Readonly<Record<string, 'GET' | 'POST' | undefined>> = { '/classify': 'POST', '/model': 'GET', '/health': 'GET', '/openapi.json': 'GET' };

/** A page in a browser must not reach the server under a name of its own making (DNS rebinding): the Host header tells what it asked for. */
function refuseStrangers(request: IncomingMessage, loopback: boolean): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (loopback && !isLoopback(host)) throw new Refusal(403, 'wrong_host', `This server answers to localhost only, not to "${host}".`);
}

function wholeBetween(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Refusal(400, 'wrong_parameter', `${name} must be a whole number from 1 to ${most}; it is "${text}".`);
}

/** Any failure as status and words. What nobody foresaw stays in the terminal. */
function tellable(error: unknown): { status: number; headers: Readonly<Record<string, string>>; error: { code: string; message: string } } {
  if (error instanceof Refusal) return { status: error.status, headers: error.headers, error: { code: error.code, message: error.message } };
  if (error instanceof TsugikiError && error.code !== 'unexpected') return { status: 422, headers: {}, error: { code: error.code, message: error.message } };
  console.error(error);
  return { status: 500, headers: {}, error: { code: 'unexpected', message: toErrorShape(error).message } };
}

function send(response: ServerResponse, status: number, value: Answered, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers });
  response.end(JSON.stringify(value));
}
