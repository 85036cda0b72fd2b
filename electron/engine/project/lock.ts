/**
 * One process at a time writes to a project: `project.lock` names it. A lock whose process is gone is taken over. So is one that came along
 * when the folder was copied, which is told by its inode: a copy is another file.
 */
import { closeSync, fstatSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { TsugikiError } from '../../contract';
import { writing } from './files';

const HolderSchema = v.object({ pid: v.number(), host: v.string(), inode: v.number() });
type Holder = v.InferOutput<typeof HolderSchema>;

/** Inodes of the locks of this process, which may have the id of one that is gone. */
const ours = new Set<number>();

export class Lock {
  private constructor(
    private readonly path: string,
    /** Kept open: some file systems give a file another inode once nobody looks at it. */
    private readonly file: number,
    private readonly inode: number
  ) {}

  /** @throws TsugikiError project_in_use, cannot_write */
  static take(directory: string): Lock {
    const path = join(directory, 'project.lock');
    const file = writing(path, () => {
      clearStale(path);
      return create(path);
    });
    if (file === null) throw inUse(directory, path, holderOf(path));
    const inode = fstatSync(file).ino;
    ours.add(inode);
    writing(path, () => writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname(), inode } satisfies Holder)));
    // Before it was written, another process may have taken it for a dead one's.
    if (inodeOf(path) !== inode) throw inUse(directory, path, holderOf(path));
    return new Lock(path, file, inode);
  }

  release(): void {
    closeSync(this.file);
    ours.delete(this.inode);
    if (inodeOf(this.path) === this.inode) rmSync(this.path, { force: true });
  }
}

/** Null when the file is there already. */
function create(path: string): number | null {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
}

/** Takes away a lock that holds no more. Renamed first, and looked at again: of two processes that find it at once, one gets it. */
function clearStale(path: string): void {
  if (inForce(path)) return;
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    // There is none, or not any more.
    return;
  }
  if (inForce(aside)) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

/** One that cannot be read names nobody: its process died between making it and writing it. */
function inForce(path: string): boolean {
  const holder = holderOf(path);
  if (!holder || holder.inode !== inodeOf(path)) return false;
  if (holder.host !== hostname()) return true;
  if (isOlderThanTheMachine(path)) return false;
  return holder.pid === process.pid ? ours.has(holder.inode) : isAlive(holder.pid);
}

function holderOf(path: string): Holder | null {
  try {
    return v.parse(HolderSchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

const inodeOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.ino ?? null;

/** Nothing that ran before the machine was last started runs now; another process may have its id. */
const isOlderThanTheMachine = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < Date.now() - uptime() * 1000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // It lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Dead, but its parent has not asked for how it ended: on Linux its id is kept until then, in a container perhaps for ever. */
function isZombie(pid: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function inUse(directory: string, path: string, holder: Holder | null): TsugikiError {
  const who = holder ? `${holder.pid}, ${holder.host}` : '?';
  return new TsugikiError('project_in_use', `The project ${directory} is open in another Tsugiki (process ${who}). Close it there first; if it is open nowhere, delete ${path}.`, { path: directory, who, lock: path });
}
