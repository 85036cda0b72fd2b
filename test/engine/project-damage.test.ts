/** A project's files after a crash, cut off, damaged, of other versions: what still opens, and what is said of the rest. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type ErrorShape, TsugikiError } from '../../electron/contract';
import { Project } from '../../electron/engine/project/project';
import { serialize } from '../../electron/engine/project/snapshot';
import { HEADER, heavyPictures, importOf, picture, pictures } from './project-fixture';
import { newFolder } from './project-folders';

/** A closed project of twelve pictures with two edits, one undone. */
function folder(): string {
  const project = Project.create(newFolder(), HEADER);
  project.do(importOf(pictures(0, 12)));
  project.edit({ kind: 'exclude', pictures: [0] });
  project.edit({ kind: 'rename_class', class: 2, name: 'スズメ' });
  project.close();
  return project.directory as string;
}

function copyOf(directory: string): string {
  const copy = newFolder();
  cpSync(directory, copy, { recursive: true });
  return copy;
}

const bytesOf = (project: Project): string => serialize(project.state);

function read(directory: string): string {
  return bytesOf(Project.open(directory, { readOnly: true }));
}

function refusal(directory: string): TsugikiError {
  try {
    Project.open(directory);
  } catch (error) {
    if (error instanceof TsugikiError) return error;
    throw error;
  }
  throw new Error('It opened.');
}

describe('a journal that was cut off', () => {
  it('at any byte of its last line opens with all that came before, and goes on', () => {
    const directory = folder();
    const journal = join(directory, 'changes.jsonl');
    const whole = readFileSync(journal);
    const start = whole.lastIndexOf('\n', -2) + 1;
    const withLast = read(directory);
    truncateSync(journal, start);
    const without = read(directory);
    expect(without).not.toBe(withLast);
    for (let end = start; end <= whole.length; end++) {
      writeFileSync(journal, whole.subarray(0, end));
      // The line itself is whole even when its end is missing.
      const expected = end >= whole.length - 1 ? withLast : without;
      expect(read(directory), `cut at ${end}`).toBe(expected);
      const project = Project.open(directory);
      expect(bytesOf(project)).toBe(expected);
      project.edit({ kind: 'rename_project', name: `Cut at ${end}` });
      project.close();
      expect(read(directory)).toBe(bytesOf(project));
    }
  });

  it('in its first line goes on from the snapshot', () => {
    const directory = folder();
    const snapshot = readFileSync(join(directory, 'pictures.jsonl'), 'utf8');
    truncateSync(join(directory, 'changes.jsonl'), 20);
    const project = Project.open(directory);
    expect(bytesOf(project)).toBe(snapshot);
    project.edit({ kind: 'rename_project', name: 'Zoo' });
    project.close();
    expect(read(directory)).toBe(bytesOf(project));
  });
});

/** The same code in a process that dies: after `life.end` writes every other one fails, the first of them half done. */
async function mortalProject(): Promise<{ Mortal: typeof Project; life: { writes: number; end: number } }> {
  const life = { writes: 0, end: Infinity };
  vi.resetModules();
  vi.doMock('node:fs', async (original) => {
    const fs = await original<typeof import('node:fs')>();
    const mortal = <A extends unknown[], R>(write: (...args: A) => R, half?: (...args: A) => void) => (...args: A): R => {
      if (life.writes++ < life.end) return write(...args);
      if (life.writes === life.end + 1) half?.(...args);
      throw new Error('dead');
    };
    return {
      ...fs,
      openSync: mortal(fs.openSync),
      writeFileSync: mortal(fs.writeFileSync, (file, text) => fs.writeFileSync(file, String(text).slice(0, String(text).length / 2))),
      fsyncSync: mortal(fs.fsyncSync),
      ftruncateSync: mortal(fs.ftruncateSync),
      renameSync: mortal(fs.renameSync),
      rmSync: mortal(fs.rmSync)
    };
  });
  const { Project: Mortal } = await import('../../electron/engine/project/project');
  vi.doUnmock('node:fs');
  return { Mortal, life };
}

/** A project whose journal is long enough to be shortened, with three small edits in the end and one undone. */
function big(): Project {
  const project = Project.create(newFolder(), HEADER);
  const group = project.newGroup();
  for (let at = 0; at < 3000; at += 300) project.do(importOf(heavyPictures(at, 300)), group);
  for (const id of [1, 2, 3]) project.edit({ kind: 'exclude', pictures: [id] });
  project.edit({ kind: 'remove_class', class: 2 });
  project.undo();
  return project;
}

describe('a long journal', () => {
  it('is taken up into the snapshot when the project is closed; the newest steps can still be undone', () => {
    const project = big();
    const directory = project.directory as string;
    const journal = () => statSync(join(directory, 'changes.jsonl')).size;
    expect(journal()).toBeGreaterThan(4 * 2 ** 20);
    const before = copyOf(directory);
    project.close();
    expect(journal()).toBeLessThan(1000);
    // What was left open by a crash is shortened when it is opened.
    const crashed = Project.open(before);
    expect(statSync(join(before, 'changes.jsonl')).size).toBe(journal());
    for (const again of [crashed, Project.open(directory)]) {
      expect(bytesOf(again)).toBe(bytesOf(project));
      expect([again.undo(), again.undo(), again.undo(), again.undo()]).toEqual([...Array<object>(3).fill({ kind: 'exclude', count: 1, name: '' }), null]);
      expect(bytesOf(again)).toBe(readFileSync(join(again.directory as string, 'pictures.jsonl'), 'utf8'));
      while (again.redo());
      again.close();
      expect(read(again.directory as string)).toBe(bytesOf(project));
    }
  });

  it('is whole at every instant of that', async () => {
    const project = big();
    const [unshortened, state] = [copyOf(project.directory as string), bytesOf(project)];
    project.close();
    const { Mortal, life } = await mortalProject();
    const shorten = (copy: string) => Mortal.open(copy).close();
    shorten(copyOf(unshortened));
    const writes = life.writes;
    expect(writes).toBeGreaterThan(15);
    for (let end = 0; end < writes; end++) {
      const copy = copyOf(unshortened);
      life.writes = 0;
      life.end = end;
      expect(() => shorten(copy)).toThrow('dead');
      expect(read(copy), `dead after ${end} writes`).toBe(state);
      const again = Project.open(copy);
      expect(bytesOf(again)).toBe(state);
      expect(again.undo()).toEqual({ kind: 'exclude', count: 1, name: '' });
      again.redo();
      again.close();
      expect(read(copy)).toBe(state);
      // The lock that came with the copy may still lie aside; nobody reads it.
      const left = readdirSync(copy).filter((name) => !name.startsWith('project.lock.'));
      expect(left.sort()).toEqual(['changes.jsonl', 'pictures.jsonl', 'project.tsugiki']);
    }
  });
});

it('a project that is shortened while another process reads it is read as it is', async () => {
  const project = big();
  const directory = project.directory as string;
  const first = readFileSync(join(directory, 'pictures.jsonl'));
  project.close();
  vi.resetModules();
  vi.doMock('node:fs', async (original) => {
    const fs = await original<typeof import('node:fs')>();
    let old: Buffer | null = first;
    const read = (path: string, options?: BufferEncoding): string | Buffer => {
      if (!path.endsWith('pictures.jsonl') || !old) return fs.readFileSync(path, options);
      const bytes = old;
      old = null;
      return bytes;
    };
    return { ...fs, readFileSync: read };
  });
  const { Project: Reader } = await import('../../electron/engine/project/project');
  vi.doUnmock('node:fs');
  expect(serialize(Reader.open(directory, { readOnly: true }).state)).toBe(bytesOf(project));
});

describe('the journal of another snapshot', () => {
  it('is not used, and kept beside', () => {
    const directory = folder();
    const journal = readFileSync(join(directory, 'changes.jsonl'), 'utf8');
    const byHand = serialize({ ...Project.create(null, HEADER).state, header: { ...HEADER, name: 'By hand' } });
    writeFileSync(join(directory, 'pictures.jsonl'), byHand);
    expect(read(directory)).toBe(byHand);
    const project = Project.open(directory);
    expect(bytesOf(project)).toBe(byHand);
    project.close();
    expect(readFileSync(join(directory, 'changes.old.jsonl'), 'utf8')).toBe(journal);
  });
});

describe('damage is told with its file and line, and nothing is touched:', () => {
  const cases: [string, (directory: string) => void, string, string][] = [
    ['no JSON in the snapshot', (d) => replaceLine(d, 'pictures.jsonl', 3, '{"id": 1,'), 'pictures.jsonl:3', 'JSON'],
    ['a header without a name', (d) => replaceLine(d, 'pictures.jsonl', 1, '{"classes":[]}'), 'pictures.jsonl:1', '"name"'],
    ['a picture of a wrong kind', (d) => replaceLine(d, 'pictures.jsonl', 2, JSON.stringify({ ...picture(0), width: 'wide' })), 'pictures.jsonl:2', '"width"'],
    ['a picture with something more', (d) => replaceLine(d, 'pictures.jsonl', 2, JSON.stringify({ ...picture(0), colour: 'red' })), 'pictures.jsonl:2', '"colour"'],
    ['a picture twice', (d) => replaceLine(d, 'pictures.jsonl', 3, JSON.stringify(picture(0))), 'pictures.jsonl:3', 'Picture 0 is there twice'],
    ['a picture of no class', (d) => replaceLine(d, 'pictures.jsonl', 2, JSON.stringify(picture(0, { class: 9 }))), 'pictures.jsonl:2', 'class 9'],
    ['classes of one name', (d) => replaceLine(d, 'pictures.jsonl', 1, JSON.stringify({ ...HEADER, classes: [{ id: 0, name: 'cat' }, { id: 1, name: 'cat' }, { id: 2, name: 'a' }] })), 'pictures.jsonl:1', '"cat" is there twice'],
    ['an empty snapshot', (d) => writeFileSync(join(d, 'pictures.jsonl'), ''), 'pictures.jsonl:1', 'empty'],
    ['no snapshot', (d) => rmSync(join(d, 'pictures.jsonl')), 'pictures.jsonl', 'no such file'],
    ['no JSON within the journal', (d) => replaceLine(d, 'changes.jsonl', 2, '{"label":'), 'changes.jsonl:2', 'JSON'],
    ['a change of no kind', (d) => replaceLine(d, 'changes.jsonl', 3, '{"jump":true}'), 'changes.jsonl:3', 'Expected a change'],
    ['a change that does not fit', (d) => replaceLine(d, 'changes.jsonl', 3, '{"label":{"kind":"exclude","count":1,"name":""},"pictures":[{"id":77,"before":{"excluded":false},"after":{"excluded":true}}]}'), 'changes.jsonl:3', 'Picture 77 is not there'],
    ['an undo of nothing', (d) => replaceLine(d, 'changes.jsonl', 2, '{"redo":true}'), 'changes.jsonl:2', 'nothing to redo'],
    ['a manifest of something else', (d) => writeFileSync(join(d, 'project.tsugiki'), '{"format":"other","version":1}'), 'project.tsugiki', '"format"'],
    ['a manifest cut off', (d) => truncateSync(join(d, 'project.tsugiki'), 10), 'project.tsugiki', 'JSON']
  ];
  // One project with its pictures in the snapshot, so that all kinds of lines are there.
  function settled(): string {
    const directory = folder();
    const project = Project.open(directory, { readOnly: true });
    writeFileSync(join(directory, 'pictures.jsonl'), bytesOf(project));
    const again = Project.open(directory);
    again.edit({ kind: 'exclude', pictures: [5] });
    again.edit({ kind: 'exclude', pictures: [6] });
    again.edit({ kind: 'exclude', pictures: [7] });
    again.close();
    return directory;
  }

  it.each(cases)('%s', (_, spoil, place, detail) => {
    const directory = settled();
    spoil(directory);
    const files = () => ['pictures.jsonl', 'changes.jsonl'].map((name) => existsSync(join(directory, name)) && readFileSync(join(directory, name), 'utf8'));
    const before = files();
    const error = refusal(directory);
    expect(error).toMatchObject({ code: 'project_damaged', params: { place: join(directory, place) } });
    expect((error.params.reason as ErrorShape).message).toContain(detail);
    expect(error.message).toMatch(/cannot be used: .*[^.]\. Mend that line, or delete it/);
    expect(files()).toEqual(before);
    expect(existsSync(join(directory, 'project.lock'))).toBe(false);
  });

  function replaceLine(directory: string, file: string, number: number, line: string): void {
    const lines = readFileSync(join(directory, file), 'utf8').split('\n');
    lines[number - 1] = line;
    writeFileSync(join(directory, file), lines.join('\n'));
  }
});

describe('other versions', () => {
  const manifest = (directory: string, fields: object) => writeFileSync(join(directory, 'project.tsugiki'), JSON.stringify({ format: 'tsugiki-project', version: 1, created: '2026-01-02T03:04:05.000Z', app: '0.1.0', ...fields }));

  it('newer ones are refused, whatever else they say', () => {
    const directory = folder();
    manifest(directory, { version: 7, app: '3.2.0', shelves: [] });
    expect(refusal(directory)).toMatchObject({ code: 'project_newer', params: { path: directory, app: '3.2.0', version: 7, supported: 1 } });
    expect(existsSync(join(directory, 'project.lock'))).toBe(false);
  });

  it('older ones are migrated line by line, also when that was cut short before', async () => {
    // Made up: tomorrow's version 2 calls "excluded" what version 1 called "hidden".
    vi.resetModules();
    vi.doMock('../../electron/engine/project/migrations', () => {
      const renamed = (line: unknown): unknown => JSON.parse(JSON.stringify(line).replaceAll('"hidden":', '"excluded":'));
      return { VERSION: 2, MIGRATIONS: { 1: renamed } };
    });
    const { Project: Tomorrow } = await import('../../electron/engine/project/project');
    vi.doUnmock('../../electron/engine/project/migrations');
    const directory = folder();
    const state = read(directory);
    manifest(directory, {});
    const older = (name: string) => {
      const path = join(directory, name);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"excluded":', '"hidden":'));
    };
    older('changes.jsonl');
    expect(refusal(directory).code).toBe('project_damaged');
    const copy = copyOf(directory);
    const project = Tomorrow.open(directory);
    expect(serialize(project.state)).toBe(state);
    project.close();
    expect(JSON.parse(readFileSync(join(directory, 'project.tsugiki'), 'utf8'))).toMatchObject({ version: 2, created: '2026-01-02T03:04:05.000Z' });
    // Cut short: the files are new, the manifest is still the old one.
    for (const name of ['pictures.jsonl', 'changes.jsonl']) cpSync(join(directory, name), join(copy, name));
    const again = Tomorrow.open(copy);
    expect(serialize(again.state)).toBe(state);
    expect(again.undoable).toMatchObject({ kind: 'rename_class' });
    again.close();
    expect(refusal(directory)).toMatchObject({ code: 'project_newer', params: { version: 2 } });
  });
});

describe('a lock', () => {
  const lockedBy = (directory: string, holder: object) => {
    const path = join(directory, 'project.lock');
    closeSync(openSync(path, 'w'));
    writeFileSync(path, JSON.stringify({ pid: process.ppid, host: hostname(), inode: statSync(path).ino, ...holder }));
  };

  it.each([
    ['a living process', {}],
    ['another machine', { host: 'elsewhere', pid: 1 }]
  ])('of %s holds', (_, holder) => {
    const directory = folder();
    lockedBy(directory, holder);
    expect(refusal(directory)).toMatchObject({ code: 'project_in_use', params: { lock: join(directory, 'project.lock') } });
    expect(read(directory)).toContain('Pets');
  });

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1 }],
    ['a process that had this one\'s id', { pid: process.pid }],
    ['another copy of the folder', { inode: 1 }]
  ])('of %s is taken over', (_, holder) => {
    const directory = folder();
    lockedBy(directory, holder);
    Project.open(directory).close();
    expect(existsSync(join(directory, 'project.lock'))).toBe(false);
  });

  it('from before the machine was last started is taken over, whoever has that id now', () => {
    const directory = folder();
    lockedBy(directory, {});
    const before = new Date(Date.now() - (uptime() + 60) * 1000);
    utimesSync(join(directory, 'project.lock'), before, before);
    Project.open(directory).close();
  });

  it.skipIf(process.platform !== 'linux')('of a process that is dead, but not buried, is taken over', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [words] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(words.toString());
      await vi.waitUntil(() => readFileSync(`/proc/${pid}/status`, 'utf8').includes('Z (zombie)'));
      const directory = folder();
      lockedBy(directory, { pid });
      Project.open(directory).close();
    } finally {
      parent.kill();
    }
  });

  it('that was cut off while it was written is taken over', () => {
    const directory = folder();
    writeFileSync(join(directory, 'project.lock'), '');
    Project.open(directory).close();
  });
});

describe('what cannot be written', () => {
  it('is refused with the place, and the project is not made', () => {
    const directory = newFolder();
    mkdirSync(directory);
    mkdirSync(join(directory, 'pictures.jsonl.tmp'));
    expect(() => Project.create(directory, HEADER)).toThrow(expect.objectContaining({ code: 'cannot_write' }) as Error);
    expect([Project.is(directory), existsSync(join(directory, 'project.lock'))]).toEqual([false, false]);
  });

  it('was not done: the state is as it was, and the next change is in the file whole', async () => {
    let full = false;
    vi.resetModules();
    vi.doMock('node:fs', async (original) => {
      const fs = await original<typeof import('node:fs')>();
      const writeSync = (file: number, line: Buffer, offset: number, length: number, position: number): number => {
        const written = fs.writeSync(file, line, offset, Math.min(length, 20), position);
        if (full) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        return written;
      };
      return { ...fs, writeSync };
    });
    const { Project: OnFullDisk } = await import('../../electron/engine/project/project');
    vi.doUnmock('node:fs');
    const directory = folder();
    const journal = () => readFileSync(join(directory, 'changes.jsonl'), 'utf8');
    const project = OnFullDisk.open(directory);
    const before = [serialize(project.state), project.revision, journal()];
    full = true;
    expect(() => project.edit({ kind: 'exclude', pictures: [1] })).toThrow(expect.objectContaining({ code: 'cannot_write', params: { path: join(directory, 'changes.jsonl'), reason: expect.objectContaining({ code: 'disk_full' }) as unknown } }) as Error);
    expect([serialize(project.state), project.revision, journal()]).toEqual(before);
    full = false;
    project.edit({ kind: 'exclude', pictures: [2] });
    project.close();
    expect(read(directory)).toBe(serialize(project.state));
  });
});
