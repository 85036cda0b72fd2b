/** Pictures into a project: what was found is looked into, and noted with its class. What is in stays in, whatever happens to the rest. */
import { basename, extname, join, resolve, sep } from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { type DataSource, type ImportReport, type Picture, type ProjectHeader, type Root, StoppedError, TsugikiError, toErrorShape } from '../../contract';
import type { JobContext } from '../context';
import { added, changed } from '../project/change';
import { cleanName } from '../project/state';
import { fileName } from './file-name';
import { discover } from './import/discover';
import type { FoundFiles, FoundPacked, FoundPicture } from './import/discovery';
import { inspectBytes, inspectPictures, type PictureLook } from './import/inspect';
import { openPacked } from './packed-sets';
import { pictureHashes } from './picture-hashes';
import { below } from './picture-pixels';
import type { ProjectDataset } from './project-dataset';
import { Stage } from './stage';

/** Files read at a time: the disk has something to do while the last ones are hashed. */
const AT_A_TIME = 32;
/** What has been looked into is noted this often; a crash loses no more. */
const NOTE_EVERY_MS = 250;

/**
 * Adds what lies at `paths`.
 * @param corrects pictures that are in already, by place or as copies, get the class `className`
 * @throws TsugikiError data_not_found, data_not_understood, archive_…, project_not_imported
 */
export async function importPaths(dataset: ProjectDataset, paths: readonly string[], className: string | null, context: JobContext, corrects = false): Promise<ImportReport> {
  const importer = new Importer(dataset, className, context, corrects);
  return importer.run(async () => {
    for (const path of paths) {
      const found = await discover(path, dataset.project.ownPictures, context);
      if (found.kind === 'project') {
        throw new TsugikiError('project_not_imported', `${found.directory} is a project of its own. Open it instead of adding it to another one.`, { path: found.directory });
      }
      await (found.kind === 'files' ? importer.addFiles(found) : importer.addPacked(found));
    }
  });
}

/** Adds a ready-made set. */
export function importSource(dataset: ProjectDataset, source: DataSource, context: JobContext): Promise<ImportReport> {
  const importer = new Importer(dataset, null, context);
  return importer.run(() => importer.addPacked({ kind: 'packed', source }));
}

/** Adds pictures that are no files yet: they are written into the project's own folder. @param corrects as above */
export function importBytes(dataset: ProjectDataset, className: string, pictures: readonly { name: string; bytes: Uint8Array }[], context: JobContext, corrects = false): Promise<ImportReport> {
  const importer = new Importer(dataset, className, context, corrects);
  return importer.run(() => importer.addBytes(pictures));
}

class Importer {
  readonly report: ImportReport = { added: 0, already: 0, moved: 0, skipped: [], loose: 0, stopped: false };
  readonly #group: number;
  #waiting: Picture[] = [];
  /** Ids of the project's pictures that are put right. */
  readonly #corrected = new Set<number>();
  /** The header as it will be with the pictures that wait. */
  #header: ProjectHeader;
  #nextId: number;
  #nextClass: number;
  #noted = performance.now();
  /** What is in already by absolute paths, with the row for packed sets. */
  readonly #known: Map<string, Picture>;
  /** What is in already by content, where that is asked for. */
  readonly #copies = new Map<string, Picture[]>();

  constructor(
    private readonly dataset: ProjectDataset,
    private readonly className: string | null,
    private readonly context: JobContext,
    private readonly corrects = false
  ) {
    const { project } = dataset;
    this.#group = project.newGroup();
    this.#header = project.state.header;
    this.#nextId = project.state.nextId;
    this.#nextClass = project.state.nextClass;
    this.#known = new Map(project.pictures.map((picture) => [placeKey(dataset.pathOf(picture), picture), picture]));
    if (!corrects) return;
    for (const picture of project.pictures) this.#copies.set(picture.hash, [...(this.#copies.get(picture.hash) ?? []), picture]);
  }

  async run(work: () => Promise<void>): Promise<ImportReport> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
      this.report.stopped = true;
    } finally {
      this.#note();
      this.dataset.skipped.push(...this.report.skipped);
    }
    return this.report;
  }

  async addFiles({ folder, owned, pictures, skipped }: FoundFiles): Promise<void> {
    this.report.skipped.push(...skipped);
    const named = pictures.filter(({ className }) => (className ?? this.className) !== null);
    this.report.loose += pictures.length - named.length;
    this.#addClasses(named.map(({ className }) => className ?? (this.className as string)));
    const root = owned && this.dataset.project.ownPictures ? this.#rootOf({ kind: 'own' }) : this.#rootOf({ kind: 'folder', path: resolve(folder) });
    const prefix = root.kind === 'own' ? folderBelow(this.dataset.project.ownPictures ?? '', folder) : '';
    const stage = new Stage(this.context, 'read', named.length, 'files');
    for (let at = 0; at < named.length; at += AT_A_TIME) {
      await this.context.breathe();
      const batch = named.slice(at, at + AT_A_TIME);
      const fresh = batch.filter(({ file }) => !this.#isIn(resolve(below(folder, file))));
      const looks = await inspectPictures(fresh.map(({ file }) => below(folder, file)));
      fresh.forEach((picture, i) => {
        const look = looks[i] as PictureLook | TsugikiError;
        if (look instanceof TsugikiError) this.report.skipped.push({ file: picture.file, reason: toErrorShape(look) });
        else if (!this.#isCopy(look.hash)) this.#add(root, prefix + picture.file, { ...picture, ...look });
      });
      stage.add(batch.length);
    }
    this.#note();
  }

  async addPacked({ source }: FoundPacked): Promise<void> {
    const root = this.#rootOf({ kind: 'packed', source });
    const set = await openPacked(source, this.context);
    // A set that the project begins with gives it its name, and is trained on in its own order, as Keras does.
    if (this.#nextId === 0) this.#header = { ...this.#header, name: set.name, splits: { ...this.#header.splits, order: 'given' } };
    this.dataset.hold(root.id, set);
    this.#addClasses(set.classNames, false);
    const classes = set.classNames.map((name) => this.#classOf(name));
    for (const part of ['train', 'test'] as const) {
      const images = await set.load(part, this.context);
      const hashes = pictureHashes(images);
      for (let row = 0; row < images.count; row++) {
        if (this.#isIn(placeKey(this.dataset.placeOf(root), { root: root.id, file: part, row }))) continue;
        this.#push({ root: root.id, file: part, row, hash: hashes[row] as string, width: images.width, height: images.height, class: classes[images.labels[row] as number] as number, part: part === 'test' ? 'test' : null });
      }
    }
    this.#note();
  }

  async addBytes(pictures: readonly { name: string; bytes: Uint8Array }[]): Promise<void> {
    const own = this.dataset.project.ownPictures;
    if (own === null || this.className === null) throw new TsugikiError('no_project', 'Pictures can only be added to a project with a folder of its own.');
    this.#addClasses([this.className]);
    const root = this.#rootOf({ kind: 'own' });
    const folder = fileName(this.className);
    await mkdir(join(own, folder), { recursive: true });
    for (const { name, bytes } of pictures) {
      await this.context.breathe();
      try {
        const look = inspectBytes(bytes);
        // Named by content: the same picture twice is one file, and none is ever written over.
        const file = `${folder}/${look.hash.slice(0, 16)}${extname(name).toLowerCase() || '.png'}`;
        if (this.#isIn(below(own, file)) || this.#isCopy(look.hash)) continue;
        await writeFile(below(own, file), bytes);
        this.#add(root, file, { ...look, className: this.className, part: null, file });
      } catch (error) {
        this.report.skipped.push({ file: name, reason: toErrorShape(error) });
      }
    }
  }

  #isIn(place: string): boolean {
    const known = this.#known.get(place);
    if (known) this.#meet([known]);
    return known !== undefined;
  }

  /** Where pictures are put right, a copy of one that is in is that one. */
  #isCopy(hash: string): boolean {
    const copies = this.#copies.get(hash);
    if (copies) this.#meet(copies);
    return copies !== undefined;
  }

  #meet(known: readonly Picture[]): void {
    this.report.already++;
    if (this.corrects) for (const { id } of known) this.#corrected.add(id);
  }

  #add(root: Root, file: string, { hash, width, height, className, part }: FoundPicture & PictureLook): void {
    const picture = this.#push({ root: root.id, file, row: null, hash, width, height, class: this.#classOf(className ?? this.className ?? ''), part });
    this.#known.set(resolve(below(this.dataset.placeOf(root), file)), picture);
  }

  #push({ root, file, row, hash, width, height, class: own, part }: Omit<Picture, 'id' | 'excluded'>): Picture {
    const picture = { id: this.#nextId++, root, file, row, hash, width, height, class: own, part, excluded: false };
    this.#waiting.push(picture);
    this.report.added++;
    if (performance.now() - this.#noted > NOTE_EVERY_MS) this.#note();
    return picture;
  }

  /** Puts what waits into the project, and onto the disk. */
  #note(): void {
    const { project } = this.dataset;
    const before = project.state.header;
    this.#noted = performance.now();
    const corrected = [...this.#corrected].flatMap((id) => project.state.pictures.get(id) ?? []);
    const moved = corrected.length === 0 ? [] : changed(corrected, { class: this.#classOf(this.className ?? '') });
    // A place or a class without any picture is none.
    if (this.#waiting.length + moved.length === 0) {
      this.#header = before;
      return;
    }
    const name = this.className ?? '';
    project.do(
      {
        label: this.#waiting.length > 0 ? { kind: 'import', count: this.#waiting.length, name: '' } : { kind: 'move', count: moved.length, name },
        ...(before === this.#header ? {} : { header: { before, after: this.#header } }),
        pictures: [...added(this.#waiting), ...moved]
      },
      this.#group
    );
    this.report.moved += moved.length;
    this.#waiting = [];
    this.#corrected.clear();
    this.#header = project.state.header;
  }

  #rootOf(wanted: { kind: 'own' } | { kind: 'folder'; path: string } | Omit<Extract<Root, { kind: 'packed' }>, 'id'>): Root {
    const { roots } = this.#header;
    const found = roots.find(({ id: _id, ...root }) => JSON.stringify(root) === JSON.stringify(wanted));
    if (found) return found;
    const root = { id: roots.reduce((most, { id }) => Math.max(most, id + 1), 0), ...wanted } as Root;
    this.#header = { ...this.#header, roots: [...roots, root] };
    return root;
  }

  /** New classes, sorted as Python sorts and as `image_dataset_from_directory` numbers them; those of a packed set keep its order. */
  #addClasses(names: readonly string[], sorted = true): void {
    const known = new Set(this.#header.classes.map(({ name }) => name));
    const fresh = [...new Set(names.map(classNameOf))].filter((name) => !known.has(name));
    if (sorted) fresh.sort();
    if (fresh.length > 0) this.#header = { ...this.#header, classes: [...this.#header.classes, ...fresh.map((name) => ({ id: this.#nextClass++, name }))] };
  }

  #classOf(name: string): number {
    const found = this.#header.classes.find((one) => one.name === classNameOf(name));
    if (!found) throw new Error(`The class ${name} was not added`);
    return found.id;
  }
}

const placeKey = (path: string, { row, root, file }: Pick<Picture, 'row' | 'root' | 'file'>): string => (row === null ? path : `${path}\n${root} ${file} ${row}`);

/** No longer than a class's name may be. */
const classNameOf = (name: string): string => cleanName(cleanName(name).slice(0, 200)) || '?';

/** "flowers/" for pictures/flowers. */
function folderBelow(parent: string, folder: string): string {
  const path = resolve(folder).slice(resolve(parent).length).split(sep).filter(Boolean).join('/');
  return path === '' ? '' : `${path}/`;
}

/** A project's name from the path it was made of. */
export const nameOf = (path: string): string => basename(resolve(path)).replace(/\.(zip|tar|tgz|tar\.gz|tm|csv|tsv)$/i, '') || 'Tsugiki';
