/** Makes the icons of each system from resources/icons/icon.svg; their results are committed. `npm run icons` */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, setup } from './setup.mjs';
import { inRoot } from './setup/places.mjs';
import { say } from './setup/terminal.mjs';
import { isRoot, run } from './setup/tools.mjs';

const icons = (name) => inRoot('resources/icons', name);
const SIZES = [16, 32, 48, 64, 128, 256, 512, 1024];

/** Windows: a table of pictures, each a PNG (since Vista). */
function ico(pictures) {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  pictures.forEach(([size, png], i) => {
    const at = 6 + 16 * i;
    header.writeUInt8(size % 256, at); // 0 says 256
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...pictures.map(([, png]) => png)]);
}

/** macOS: chunks with a four-letter type for each size. */
function icns(pictures) {
  const TYPES = { 32: 'ic11', 64: 'ic12', 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' };
  const chunk = (type, data) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32BE(data.length + 8, 4);
    return Buffer.concat([head, data]);
  };
  return chunk('icns', Buffer.concat(pictures.filter(([size]) => TYPES[size]).map(([size, png]) => chunk(TYPES[size], png))));
}

await main(async () => {
  await setup({ display: true });
  const { electronPath } = await import('./setup/electron.mjs');
  const { withDisplay } = await import('./test/display.mjs');
  const work = mkdtempSync(join(tmpdir(), 'tsugiki-icons-'));
  const result = join(work, 'pictures.json');
  const args = [icons('icon.svg'), result, ...SIZES.map(String)];
  writeFileSync(join(work, 'package.json'), JSON.stringify({ name: 'icons', version: '1.0.0', main: 'render.cjs' }));
  writeFileSync(join(work, 'render.cjs'), readFileSync(inRoot('scripts/icons/render.cjs')));
  await withDisplay((env) => run(electronPath(), [work, ...(isRoot() ? ['--no-sandbox'] : []), ...args], { env: { ...env, ICON_ARGUMENTS: String(args.length) } }));
  const drawn = JSON.parse(readFileSync(result, 'utf8'));
  rmSync(work, { recursive: true, force: true });
  const pictures = SIZES.map((size, i) => [size, Buffer.from(drawn[i], 'base64')]);
  writeFileSync(icons('icon.png'), pictures.find(([size]) => size === 512)[1]);
  writeFileSync(icons('icon.ico'), ico(pictures.filter(([size]) => size <= 256)));
  writeFileSync(icons('icon.icns'), icns(pictures));
  say('resources/icons: icon.png, icon.ico, icon.icns');
});
