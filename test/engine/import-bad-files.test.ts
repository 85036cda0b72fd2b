/** The corpus of bad files: what each is read as, or the reason that it is left out with. Nothing of it stops an import. */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import { discover } from '../../electron/engine/data/import/discover';
import type { FoundFiles } from '../../electron/engine/data/import/discovery';
import { inspectPicture } from '../../electron/engine/data/import/inspect';
import { greyPng } from './bad-files/build';
import { BAD_ARCHIVES, BAD_FOLDERS, type Outcome } from './bad-files/make';
import { temporaryFolder } from './fixtures';

const root = temporaryFolder();

/** A folder with one class, in which a good picture stands beside the bad files. */
async function outcomesOf(folder: string): Promise<Record<string, string>> {
  const found = (await discover(folder, null, quietContext())) as FoundFiles;
  const outcomes = Object.fromEntries(found.skipped.map(({ file, reason }) => [file, reason.message]));
  for (const { file } of found.pictures) {
    outcomes[file] = await inspectPicture(join(found.folder, file)).then(({ width, height }) => `${width} x ${height}`, (error: Error) => error.message);
  }
  return outcomes;
}

/** Root may read everything, and becomes somebody else for a while. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  chmodSync(root, 0o755);
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

const patterns = (expected: Record<string, Outcome>) =>
  Object.fromEntries(Object.entries(expected).map(([file, outcome]) => [`cat/${file}`, typeof outcome === 'string' ? outcome : expect.stringMatching(outcome)]));

it('holds at least 30 kinds, each with its outcome', () => {
  const kinds = [...BAD_FOLDERS, ...BAD_ARCHIVES].map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(kinds.length).toBeGreaterThanOrEqual(30);
});

describe('in a folder', () => {
  it.each(BAD_FOLDERS.map((bad, i) => [bad.kind, i] as const))('%s', async (kind, i) => {
    const { make, expected, asNobody: unprivileged } = BAD_FOLDERS[i]!;
    const folder = join(root, `folder ${i}`);
    mkdirSync(join(folder, 'cat'), { recursive: true });
    writeFileSync(join(folder, 'cat', 'good.png'), greyPng(11, 12));
    const reason = await make(join(folder, 'cat'));
    const outcomes = await (unprivileged ? asNobody(() => outcomesOf(folder)) : outcomesOf(folder));
    if (reason) console.info(`skipped: ${kind} (${reason})`);
    expect(outcomes).toEqual(reason ? expect.objectContaining({ 'cat/good.png': '11 x 12' }) : { 'cat/good.png': '11 x 12', ...patterns(expected) });
  });
});

describe('as an archive', () => {
  it.each(BAD_ARCHIVES.map((bad, i) => [bad.kind, i] as const))('%s', async (_, i) => {
    const { name, bytes, refused, read = {}, skipped = {} } = BAD_ARCHIVES[i]!;
    const folder = join(root, `archive ${i}`);
    const pictures = join(folder, 'pictures');
    mkdirSync(pictures, { recursive: true });
    writeFileSync(join(folder, name), await bytes());
    const found = discover(join(folder, name), pictures, quietContext());
    if (refused !== undefined) {
      await expect(found).rejects.toMatchObject({ code: refused });
      expect(readdirSync(pictures), 'nothing is left on disk').toEqual([]);
      expect(existsSync(join(folder, 'evil.png')) || existsSync(join(root, 'evil.png'))).toBe(false);
      return;
    }
    const files = (await found) as FoundFiles;
    expect(Object.fromEntries(files.pictures.map(({ file, className }) => [file, className]))).toEqual(read);
    expect(Object.fromEntries(files.skipped.map(({ file, reason }) => [file, reason.message]))).toEqual(Object.fromEntries(Object.entries(skipped).map(([file, reason]) => [file, expect.stringMatching(reason)])));
    expect(files).toMatchObject({ owned: true, name: 'bad', folder: join(pictures, 'bad') });
    for (const { file } of files.pictures) expect(await inspectPicture(join(files.folder, file))).toHaveProperty('hash');
  });
});
