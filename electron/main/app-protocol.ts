/** app://tsugiki/: the window's files, read from out/renderer and from nowhere else, with a strict policy on every answer. */
import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { RENDERER } from './paths';

const SCHEME = 'app';
const HOST = 'tsugiki';
export const HOME = `${SCHEME}://${HOST}/index.html`;

/** Whether an address belongs to the window itself. */
export function isOwn(address: string): boolean {
  try {
    const { protocol: scheme, host } = new URL(address);
    return scheme === `${SCHEME}:` && host === HOST;
  } catch {
    return false;
  }
}

/** Styles may be inline because Svelte's transitions and floating parts set them; scripts never. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ');

const TYPES: Record<string, string> = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.jpg': 'image/jpeg', '.ico': 'image/x-icon', '.woff2': 'font/woff2'
};

interface Answer {
  status: number;
  mimeType: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** File of the renderer that an address means, or null when it points outside. */
function fileOf(address: string): string | null {
  if (!isOwn(address)) return null;
  const path = normalize(join(RENDERER, decodeURIComponent(new URL(address).pathname)));
  if (path === RENDERER + sep || path === RENDERER) return join(RENDERER, 'index.html');
  return path.startsWith(RENDERER + sep) ? path : null;
}

async function answer(address: string): Promise<Answer> {
  const file = fileOf(address);
  const body = file === null ? null : await readFile(file).catch(() => null);
  const mimeType = (body && file && TYPES[extname(file)]) || 'text/plain';
  return {
    status: body ? 200 : 404,
    mimeType,
    headers: {
      'Content-Type': `${mimeType}; charset=utf-8`,
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache'
    },
    body: body ?? Buffer.from('Not found')
  };
}

/** Before the app is ready: makes app:// an origin like https://. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** `protocol.handle` came with Electron 25. */
export function serveScheme(): void {
  if (typeof (protocol as Partial<typeof protocol>).handle === 'function') {
    protocol.handle(SCHEME, async (request) => {
      const { status, headers, body } = await answer(request.url);
      return new Response(new Uint8Array(body), { status, headers });
    });
    return;
  }
  protocol.registerBufferProtocol(SCHEME, (request, respond) => {
    void answer(request.url).then(({ status, mimeType, headers, body }) =>
      respond({ statusCode: status, mimeType, charset: 'utf-8', headers, data: body })
    );
  });
}
