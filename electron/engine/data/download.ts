/** Downloads: progress, resume, checksum, and a file that is either whole or not there. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { because, causeOf, ReasonError, StoppedError, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { Stage } from './stage';

export interface Download {
  readonly url: string;
  /** Where the finished file goes; the unfinished one lies beside it as `.part`. */
  readonly path: string;
  /** In hexadecimal; one of the two must be given. */
  readonly sha256?: string;
  readonly md5?: string;
  /** For progress before the server has said it. */
  readonly bytes?: number;
}

/** A dead host is given up within seconds; a slow one is not. */
export const TIMEOUTS = { connectMs: 5_000, idleMs: 30_000 };
const REDIRECTS = 5;

/**
 * Fetches a file, going on where an earlier attempt stopped.
 * @throws TsugikiError download_unreachable, download_refused, download_broken, download_damaged; StoppedError when stopped (the part stays)
 */
export async function download(job: Download, context: JobContext, timeouts = TIMEOUTS): Promise<void> {
  if (!job.sha256 && !job.md5) throw new Error(`${job.url} needs a checksum.`);
  const part = `${job.path}.part`;
  await mkdir(dirname(job.path), { recursive: true });
  await fetchRest(job, part, context, timeouts);
  if ((await checksum(part, job)) !== (job.sha256 ?? job.md5)?.toLowerCase()) {
    await rm(part, { force: true });
    throw new TsugikiError('download_damaged', `${job.url} arrived damaged: its checksum is not the published one. Try again.`, { url: job.url });
  }
  await rename(part, job.path);
}

async function fetchRest(job: Download, part: string, context: JobContext, timeouts: typeof TIMEOUTS): Promise<void> {
  const have = (await stat(part).catch(() => null))?.size ?? 0;
  if (have > 0 && have === job.bytes) return;
  const response = await request(job.url, have, context.signal, timeouts);
  // The server may not know ranges (200), or the part may be longer than its file (416): then from the start.
  if (response.statusCode === 416) {
    response.destroy();
    await rm(part, { force: true });
    return fetchRest(job, part, context, timeouts);
  }
  const resumed = response.statusCode === 206;
  const start = resumed ? have : 0;
  const length = Number(response.headers['content-length'] ?? NaN);
  const total = Number.isFinite(length) ? start + length : (job.bytes ?? 0);
  const stage = new Stage(context, 'download', total, 'bytes');
  let done = start;
  stage.to(done);
  response.on('data', (chunk: Buffer) => stage.to((done += chunk.length)));
  response.setTimeout(timeouts.idleMs, () => response.destroy(new ReasonError(because('nothing_arrived', `nothing arrived for ${timeouts.idleMs / 1000} seconds`, { seconds: timeouts.idleMs / 1000 }))));
  const file = createWriteStream(part, { flags: resumed ? 'a' : 'w' });
  // What is being written when the connection breaks still arrives in the file: whoever goes on from its end must wait for that.
  const closed = new Promise<void>((resolve) => file.once('close', resolve));
  try {
    await pipeline(response, file, { signal: context.signal }).finally(() => closed);
    if (Number.isFinite(length) && done !== total) throw new ReasonError(because('closed_early', 'the connection was closed early'));
  } catch (error) {
    if (context.signal.aborted) throw new StoppedError();
    const reason = causeOf(error);
    throw new TsugikiError('download_broken', `The download of ${job.url} broke off after ${megabytes(done)} (${reason.message}). Try again: it goes on from there.`, { url: job.url, reason });
  }
}

/** The answer's head, redirects followed; the body is still to be read. */
async function request(url: string, from: number, signal: AbortSignal, timeouts: typeof TIMEOUTS, redirects = REDIRECTS): Promise<IncomingMessage> {
  const { protocol, host } = new URL(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const get = protocol === 'https:' ? getHttps : getHttp;
    const call = get(url, { signal, headers: { 'user-agent': 'tsugiki', ...(from > 0 ? { range: `bytes=${from}-` } : {}) } }, (message) => {
      clearTimeout(timer);
      resolve(message);
    });
    const timer = setTimeout(() => call.destroy(new ReasonError(because('no_answer_within', `no answer within ${timeouts.connectMs / 1000} seconds`, { seconds: timeouts.connectMs / 1000 }))), timeouts.connectMs);
    call.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  }).catch((error: unknown) => {
    if (signal.aborted) throw new StoppedError();
    const reason = causeOf(error);
    throw new TsugikiError('download_unreachable', `${host} cannot be reached (${reason.message}). Check the network and try again.`, { host, reason });
  });
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && response.headers.location && redirects > 0) {
    response.destroy();
    return request(new URL(response.headers.location, url).href, from, signal, timeouts, redirects - 1);
  }
  if (status === 200 || status === 206 || (status === 416 && from > 0)) return response;
  response.destroy();
  throw new TsugikiError('download_refused', `${host} does not give ${url} (status ${status}). Try again later.`, { host, status });
}

async function checksum(path: string, job: Download): Promise<string> {
  const hash = createHash(job.sha256 ? 'sha256' : 'md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
