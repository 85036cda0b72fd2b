/** Moving a project's folder: within a disk, to another one, and back when something goes wrong. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { moveFolder } from '../../electron/main/move-folder';

vi.mock('node:fs/promises', { spy: true });

let from: string;
let to: string;
const CONTENT = { 'project.tsugiki': '{}', 'pictures/cat/1.png': 'one', 'runs/a/model/weights.bin': 'two' };
const isWhole = (folder: string): boolean => Object.entries(CONTENT).every(([file, text]) => existsSync(join(folder, file)) && readFileSync(join(folder, file), 'utf8') === text);

beforeEach(() => {
  vi.mocked(files.rename).mockReset();
  vi.mocked(files.cp).mockReset();
  const folder = mkdtempSync(join(tmpdir(), 'tsugiki-move-'));
  from = join(folder, 'from');
  to = join(folder, 'to');
  for (const [file, text] of Object.entries(CONTENT)) {
    mkdirSync(join(from, file, '..'), { recursive: true });
    writeFileSync(join(from, file), text);
  }
});

/** As between two disks. */
const otherDisk = (): unknown => vi.mocked(files.rename).mockRejectedValue(Object.assign(new Error('EXDEV: cross-device link not permitted'), { code: 'EXDEV' }));

describe.each([['within a disk', () => null], ['to another disk', otherDisk]])('%s', (_where, before) => {
  beforeEach(() => void before());

  it('is whole at the new place, and gone from the old one, once it was moved in', async () => {
    const answer = await moveFolder(from, to, () => Promise.resolve(isWhole(to)));
    expect(answer).toBe(true);
    expect(isWhole(to)).toBe(true);
    expect(existsSync(from)).toBe(false);
  });

  it('is whole at the old place when moving in fails', async () => {
    await expect(moveFolder(from, to, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(isWhole(from)).toBe(true);
    expect(existsSync(to)).toBe(false);
  });
});

it('a copy that did not arrive as it was is not used, and the old folder stays', async () => {
  otherDisk();
  const { cp } = await vi.importActual<typeof files>('node:fs/promises');
  vi.mocked(files.cp).mockImplementation(async (...args) => {
    await cp(...args);
    writeFileSync(join(to, 'pictures/cat/1.png'), 'onf');
  });
  const moveIn = vi.fn();
  await expect(moveFolder(from, to, moveIn)).rejects.toMatchObject({ code: 'project_not_moved' });
  expect(moveIn).not.toHaveBeenCalled();
  expect(isWhole(from)).toBe(true);
  expect(existsSync(to)).toBe(false);
});
