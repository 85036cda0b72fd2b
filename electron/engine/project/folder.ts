/**
 * A project's folder: what it is (`project.tsugiki`), its state at one time (`pictures.jsonl`) and all that was done since
 * (`changes.jsonl`). docs/project-format.md tells the format, docs/decisions/project-journal.md why it is so.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { version as app } from '../../../package.json';
import { TsugikiError } from '../../contract';
import { move, writeWhole, writing } from './files';
import { type Entry, EntrySchema, History } from './history';
import { Journal, type JournalFile, journalText, markOf, readJournal } from './journal';
import { checked, damaged, eachLine } from './lines';
import { Lock } from './lock';
import { type LineKind, MIGRATIONS, VERSION } from './migrations';
import { parseSnapshot, serialize } from './snapshot';
import type { ProjectState } from './state';

export const MANIFEST = 'project.tsugiki';
const SNAPSHOT = 'pictures.jsonl';
const JOURNAL = 'changes.jsonl';
/** A journal whose snapshot is about to be, or has just been, put in place. */
const NEXT = 'changes.next.jsonl';
/** A journal whose snapshot is not there: somebody has written another one. Kept, so that nothing is lost by it. */
const ORPHAN = 'changes.old.jsonl';

/** A journal is read again, line by line, whenever the project is opened; up to here that takes some hundredths of a second. */
const LONGEST_JOURNAL = 4 * 2 ** 20;
/** The newest steps stay in the journal when it is shortened, so that they can still be undone: some thousand edits by hand. */
const KEPT_JOURNAL = 2 ** 20;

const FORMAT = 'tsugiki-project';
/** What all versions have in common. */
const AnyManifestSchema = v.object({ format: v.literal(FORMAT), version: v.pipe(v.number(), v.integer(), v.minValue(1)), app: v.optional(v.string(), '?') });
const ManifestSchema = v.strictObject({
  format: v.literal(FORMAT),
  version: v.number(),
  /** ISO 8601. */
  created: v.string(),
  /** Version of the Tsugiki that wrote it. */
  app: v.string()
});
type Manifest = v.InferOutput<typeof ManifestSchema>;

interface Read {
  readonly manifest: Manifest;
  readonly history: History;
  /** Lines of the journal. */
  readonly entries: number;
  /** Null when there is none that belongs to the snapshot. */
  readonly journal: JournalFile | null;
}

export const isProject = (directory: string): boolean => existsSync(join(directory, MANIFEST));

/** @throws TsugikiError project_not_found, project_newer, project_damaged */
export function readProject(directory: string): Read {
  const manifest = readManifest(directory);
  const migrate = (line: unknown, kind: LineKind) => {
    for (let version = manifest.version; version < VERSION; version++) line = MIGRATIONS[version]?.(line, kind) ?? line;
    return line;
  };
  const { snapshot, journal } = readPair(directory);
  const history = new History(parseSnapshot(join(directory, SNAPSHOT), snapshot.toString(), migrate));
  let lines = 0;
  if (journal) {
    eachLine(journal.path, journal.text, (line) => {
      // The first line names the snapshot.
      if (lines++ > 0) history.take(checked(EntrySchema, migrate(line, 'entry')));
    });
  }
  return { manifest, history, entries: Math.max(0, lines - 1), journal };
}

/** @throws TsugikiError project_not_found, project_newer, project_damaged */
function readManifest(directory: string): Manifest {
  if (!isProject(directory)) throw new TsugikiError('project_not_found', `There is no Tsugiki project in ${directory}. Choose a folder with a file ${MANIFEST} in it.`, { path: directory });
  const path = join(directory, MANIFEST);
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { version, app } = checked(AnyManifestSchema, manifest);
    if (version > VERSION) {
      throw new TsugikiError(
        'project_newer',
        `The project ${directory} was made with a newer Tsugiki, ${app} (format ${version}; this one reads up to ${VERSION}). Update Tsugiki to open it.`,
        { path: directory, app, version, supported: VERSION }
      );
    }
    return checked(ManifestSchema, manifest);
  } catch (error) {
    throw error instanceof TsugikiError ? error : damaged(path, error);
  }
}

/** A snapshot and the journal that goes on from it. */
function readPair(directory: string): { snapshot: Buffer; journal: JournalFile | null } {
  const path = join(directory, SNAPSHOT);
  try {
    for (let snapshot = readFileSync(path); ; ) {
      const mark = markOf(snapshot);
      const journal = [JOURNAL, NEXT].map((name) => readJournal(join(directory, name))).find((found) => found?.after === mark) ?? null;
      if (journal) return { snapshot, journal };
      // Whoever has the project open may have shortened the journal between our two readings.
      const again = readFileSync(path);
      if (again.equals(snapshot)) return { snapshot, journal };
      snapshot = again;
    }
  } catch (error) {
    throw damaged(path, error);
  }
}

/** The folder of a project that is open for writing. */
export class ProjectFolder {
  readonly #journal: Journal;
  #open = true;

  private constructor(
    private readonly directory: string,
    private readonly lock: Lock,
    journal: JournalFile
  ) {
    this.#journal = new Journal(journal);
  }

  /** @throws TsugikiError project_exists, project_in_use, cannot_write */
  static create(directory: string, state: ProjectState): ProjectFolder {
    if (isProject(directory)) throw new TsugikiError('project_exists', `There is a project in ${directory} already. Open it, or choose another folder.`, { path: directory });
    writing(directory, () => mkdirSync(directory, { recursive: true }));
    return locked(directory, (lock) => {
      const journal = writePair(directory, state, []);
      writeManifest(directory, new Date().toISOString());
      return new ProjectFolder(directory, lock, journal);
    });
  }

  /** @throws TsugikiError project_not_found, project_newer, project_damaged, project_in_use, cannot_write */
  static open(directory: string): { folder: ProjectFolder; history: History; entries: number } {
    // A project that is refused is left as it is, without a lock.
    readManifest(directory);
    return locked(directory, (lock) => {
      const { manifest, history, entries, journal } = readProject(directory);
      if (!journal || journal.bytes > LONGEST_JOURNAL || manifest.version < VERSION) {
        if (!journal) setOrphanAside(directory);
        const short = shorten(directory, history);
        if (manifest.version < VERSION) writeManifest(directory, manifest.created);
        return { folder: new ProjectFolder(directory, lock, short.journal), history: short.history, entries };
      }
      const path = join(directory, JOURNAL);
      if (journal.path !== path) writing(path, () => move(journal.path, path));
      rmSync(join(directory, NEXT), { force: true });
      return { folder: new ProjectFolder(directory, lock, { ...journal, path }), history, entries };
    });
  }

  append(entry: Entry): void {
    this.#journal.append(entry);
  }

  sync(): void {
    this.#journal.sync();
  }

  close(history: History): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.#journal.close();
      if (this.#journal.length > LONGEST_JOURNAL) shorten(this.directory, history);
    } finally {
      this.lock.release();
    }
  }
}

/** Holds the lock, unless `work` fails. */
function locked<T>(directory: string, work: (lock: Lock) => T): T {
  const lock = Lock.take(directory);
  try {
    return work(lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function setOrphanAside(directory: string): void {
  const path = join(directory, JOURNAL);
  if (existsSync(path)) writing(path, () => move(path, join(directory, ORPHAN)));
}

/** Takes up into the snapshot what the journal held, but for the newest steps. What was undone can no longer be redone. */
function shorten(directory: string, history: History): { history: History; journal: JournalFile } {
  const { before, entries } = history.newest(KEPT_JOURNAL);
  const journal = writePair(directory, before, entries);
  const short = new History(before);
  for (const entry of entries) short.take(entry);
  return { history: short, journal };
}

/**
 * Puts a snapshot and its journal in the place of the old ones. Until the snapshot is renamed, the old two belong together; from then on,
 * the new one and the journal that waits beside it.
 */
function writePair(directory: string, state: ProjectState, entries: readonly Entry[]): JournalFile {
  const snapshot = serialize(state);
  const after = markOf(snapshot);
  const text = journalText(after, entries);
  const path = join(directory, JOURNAL);
  writeWhole(join(directory, NEXT), text);
  writeWhole(join(directory, SNAPSHOT), snapshot);
  writing(path, () => move(join(directory, NEXT), path));
  return { path, text, bytes: Buffer.byteLength(text), after };
}

/** Last of all: what has no manifest is no project yet, and a folder that is half migrated still has its old version. */
function writeManifest(directory: string, created: string): void {
  const manifest: Manifest = { format: FORMAT, version: VERSION, created, app };
  writeWhole(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}
