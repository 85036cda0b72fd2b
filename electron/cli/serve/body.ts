/** The pictures of a request: its body is one picture, or a form with several (multipart/form-data, RFC 7578). */
import type { IncomingMessage } from 'node:http';
import type { Limits } from './limits';
import { Refusal } from './refusal';

export interface Posted {
  /** As the form names the file; null for a body that is a picture. */
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

export async function readPictures(request: IncomingMessage, limits: Limits): Promise<Posted[]> {
  const type = request.headers['content-type'] ?? '';
  const body = await readBody(request, limits.bytes);
  if (body.length === 0) throw new Refusal(400, 'no_picture', 'The request has no body. Post a picture, or a form with pictures.');
  if (!type.startsWith('multipart/form-data')) return [{ name: null, bytes: body }];
  const pictures = await filesOf(body, type);
  if (pictures.length === 0) throw new Refusal(400, 'no_picture', 'The form holds no file. Post at least one picture in it.');
  if (pictures.length > limits.pictures) throw new Refusal(413, 'too_many_pictures', `The form holds ${pictures.length} pictures; at most ${limits.pictures} are taken at once. Post them in parts.`);
  return pictures;
}

/** Nothing beyond the limit is kept, whatever the length that was announced. */
async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const tooLarge = new Refusal(413, 'too_large', `The request is larger than ${Math.round(limit / 2 ** 20)} MiB. Post smaller pictures, or fewer at once.`, { connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) throw tooLarge;
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

async function filesOf(body: Uint8Array, type: string): Promise<Posted[]> {
  const form = await new Response(body as BodyInit, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new Refusal(400, 'bad_form', 'The form could not be read. Post multipart/form-data as a browser or curl -F does.');
  });
  const files = [...form.values()].filter((value): value is File => typeof value !== 'string');
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}
