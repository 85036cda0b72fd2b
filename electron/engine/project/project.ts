/** An open project: its state, every way to change it, and the way back. What is done is on disk when the call returns. */
import { join } from 'node:path';
import * as v from 'valibot';
import { type ChangeLabel, type Edit, type Picture, type ProjectHeader, ProjectHeaderSchema } from '../../contract';
import { type Change, check } from './change';
import { changeOf } from './edits';
import { ProjectFolder, isProject, readProject } from './folder';
import { type Entry, History } from './history';
import { type ProjectState, checkHeader, inOrder, stateOf } from './state';

export class Project {
  #pictures: readonly Picture[] | null = null;
  #revision: number;

  private constructor(
    readonly directory: string | null,
    private readonly history: History,
    private readonly folder: ProjectFolder | null,
    revision: number
  ) {
    this.#revision = revision;
  }

  /**
   * @param directory made where it does not exist; null for a project in memory
   * @throws TsugikiError project_exists, project_in_use, cannot_write
   */
  static create(directory: string | null, header: ProjectHeader): Project {
    checkHeader(header);
    const state = stateOf(v.parse(ProjectHeaderSchema, header));
    return new Project(directory, new History(state), directory === null ? null : ProjectFolder.create(directory, state), 0);
  }

  /**
   * One process at a time has a project open for writing. `readOnly` takes no lock and writes nothing: changes stay in memory.
   * @throws TsugikiError project_not_found, project_newer, project_damaged, project_in_use, cannot_write
   */
  static open(directory: string, { readOnly = false } = {}): Project {
    if (readOnly) {
      const { history, entries } = readProject(directory);
      return new Project(directory, history, null, entries);
    }
    const { folder, history, entries } = ProjectFolder.open(directory);
    return new Project(directory, history, folder, entries);
  }

  /** Whether the folder holds a project, of whatever version. */
  static is(directory: string): boolean {
    return isProject(directory);
  }

  get state(): ProjectState {
    return this.history.state;
  }

  /** Counted up by every change, undo and redo; a project that is opened again goes on from its journal's length. */
  get revision(): number {
    return this.#revision;
  }

  /** In order of id; the same array until the next change. */
  get pictures(): readonly Picture[] {
    return (this.#pictures ??= inOrder(this.state));
  }

  /** Where pictures lie that the project keeps itself; null for a project in memory. */
  get ownPictures(): string | null {
    return this.directory === null ? null : join(this.directory, 'pictures');
  }

  /**
   * @param group changes of one group are undone together, as long as nothing else comes in between
   * @throws Error when the change was made for another state, TsugikiError cannot_write; nothing has changed then
   */
  do(change: Change, group?: number): void {
    check(this.state, change);
    this.#take({ ...change, ...(group !== undefined && { group }) });
  }

  newGroup(): number {
    return this.history.newGroup();
  }

  /**
   * @returns false when nothing would be other than it is
   * @throws TsugikiError as `changeOf`; cannot_write
   */
  edit(edit: Edit): boolean {
    const change = changeOf(this.state, edit);
    if (change) this.do(change);
    return change !== null;
  }

  /** @returns what was undone, null when there was nothing to undo */
  undo(): ChangeLabel | null {
    const label = this.undoable;
    if (label) this.#take({ undo: true });
    return label;
  }

  /** @returns what was done again, null when nothing had been undone */
  redo(): ChangeLabel | null {
    const label = this.redoable;
    if (label) this.#take({ redo: true });
    return label;
  }

  get undoable(): ChangeLabel | null {
    return this.history.undoable;
  }

  get redoable(): ChangeLabel | null {
    return this.history.redoable;
  }

  /** On return, a power cut takes nothing away. */
  save(): void {
    this.folder?.sync();
  }

  close(): void {
    this.folder?.close(this.history);
  }

  /** First on disk, then in memory: what could not be written was not done. */
  #take(entry: Entry): void {
    this.folder?.append(entry);
    this.history.take(entry);
    this.#pictures = null;
    this.#revision++;
  }
}
