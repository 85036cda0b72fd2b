/** A project's pictures as a data set: what is trained on follows from its catalogue, and every edit of it. */
import { resolve } from 'node:path';
import {
  type ChangeLabel, type DataSource, type DataSummary, type Edit, type ErrorShape, type ImportReport, type Part, type Picture, type PictureCard, type PictureQuery, type PictureView, type Root, type Split, type Thumbnails, TsugikiError, toErrorShape
} from '../../contract';
import type { JobContext } from '../context';
import type { Project } from '../project/project';
import type { Dataset, ImageSet } from './dataset';
import type { PackedSet } from './packed';
import { openPacked } from './packed-sets';
import { below, PicturePixels } from './picture-pixels';
import { lookForFiles } from './project-places';
import { spread } from './sampling';
import { splitPictures } from './splits';

/** Photographs are drawn at this many pixels; smaller pictures stay as they are and the window enlarges them sharply. */
const PHOTOGRAPH_SIZE = 96;
/** Pictures all of one size up to this are trained on as they are: the network's own resize layer enlarges them, as it does CIFAR-10's. */
const SMALL = 64;

type Skipped = ImportReport['skipped'];

/** What follows from the catalogue, worked out once after each change. */
interface View {
  readonly splits: Record<Split, Picture[]>;
  /** The part of each picture that is in one. */
  readonly parts: ReadonlyMap<number, Part>;
  /** Class ids in the order of the network's outputs. */
  readonly outputs: ReadonlyMap<number, number>;
  readonly found: Map<string, Picture[]>;
}

export class ProjectDataset implements Dataset {
  readonly #pixels: PicturePixels;
  readonly #packed = new Map<number, Promise<PackedSet>>();
  /** Pictures that turned out unreadable or gone since the project was opened, by id, with the reason. */
  readonly #unreadable = new Map<number, ErrorShape>();
  /** Pictures whose file is not where it was. */
  readonly #missing = new Set<number>();
  /** Pictures whose files were found to hold something else. */
  changed: readonly number[] = [];
  #view: { key: string; view: View } | null = null;
  #testedOn: DataSummary['testedOn'] = 'test';

  constructor(
    readonly project: Project,
    private readonly source: DataSource,
    /** Files that were left out at the import. */
    readonly skipped: Skipped = []
  ) {
    this.#pixels = new PicturePixels(
      { pathOf: (picture) => this.pathOf(picture), packed: (root, context) => this.packed(root, context) },
      (picture, error) => this.#leaveOut(picture, error)
    );
  }

  get summary(): DataSummary {
    const { header } = this.project.state;
    const { splits } = this.view;
    const [train, validation, test] = [tally(splits.train), tally(splits.validation), tally(splits.test)];
    const excluded = tally(this.project.pictures.filter((picture) => picture.excluded));
    const classes = header.classes.map(({ id, name }) => ({ id, name, train: train(id), validation: validation(id), test: test(id), excluded: excluded(id) }));
    return {
      source: this.source,
      name: header.name,
      classNames: classes.map(({ name }) => name),
      classCounts: classes.map(({ train }) => train),
      trainCount: splits.train.length,
      validationCount: splits.validation.length,
      testCount: splits.test.length,
      testedOn: splits.test.length > 0 ? this.#testedOn : 'validation',
      pictureSize: this.pictureSize,
      skipped: [...this.skipped, ...this.project.pictures.flatMap(({ id, file }) => {
        const reason = this.#unreadable.get(id);
        return reason ? [{ file, reason }] : [];
      })],
      project: {
        directory: this.project.directory, revision: this.project.revision, classes, splits: header.splits,
        undo: this.project.undoable, redo: this.project.redoable, missing: this.#missingByRoot(), changed: this.changed.filter((id) => this.project.state.pictures.has(id))
      }
    };
  }

  async load(split: Split, size: number, context: JobContext): Promise<ImageSet> {
    // What was gone may be back, and what cannot be read may be gone. Of the training part, which comes first, so that the parts stay as they are.
    if (split === 'train' && this.#unreadable.size + this.#missing.size > 0) await lookForFiles(this, context);
    const { splits, outputs } = this.view;
    const loaded = await this.#pixels.load(splits[split], this.pictureSize ?? size, (picture) => outputs.get(picture.class) ?? 0, context);
    if (split === 'train' && loaded.count === 0 && this.#unreadable.size > 0) await lookForFiles(this, context);
    return loaded;
  }

  /** RGB bytes of any of its pictures, `size` x `size` each, one after the other. Those that cannot be read are left out. @throws TsugikiError unknown_picture */
  stream(pictures: readonly { readonly id: number }[], size: number, context: JobContext): AsyncGenerator<{ picture: Picture; square: Uint8Array }> {
    return this.#pixels.stream(pictures.map(({ id }) => this.picture(id)), size, context);
  }

  /** Height and width that all pictures have, where it is one and small; null where they are resized to the network's input. */
  get pictureSize(): number | null {
    const [first] = this.project.pictures;
    if (!first || first.width !== first.height || first.width > SMALL) return null;
    return this.project.pictures.every(({ width, height }) => width === first.width && height === first.width) ? first.width : null;
  }

  /** Pictures that a query finds, in the project's order. */
  find(query: PictureQuery): Picture[] {
    const key = JSON.stringify(query);
    const { found } = this.view;
    let pictures = found.get(key);
    if (!pictures) {
      pictures = this.#search(query);
      // The grid asks page after page for the same.
      found.clear();
      found.set(key, pictures);
    }
    return pictures;
  }

  /** `count` of the pictures that a query finds, from `offset` on; `total` counts all there are to page through. */
  async thumbnails(query: PictureQuery, offset: number, count: number, context: JobContext): Promise<Thumbnails> {
    const { revision } = this.project;
    const all = this.find(query);
    const pictures = all.slice(offset, offset + count);
    const size = this.pictureSize ?? PHOTOGRAPH_SIZE;
    return { size, pixels: await this.#pixels.few(pictures, size, context), pictures: pictures.map((picture) => this.#card(picture)), offset, total: all.length, revision };
  }

  /** Pictures spread over all of the training part, small, for a look at what augmentation does. */
  async spread(count: number, context: JobContext): Promise<ImageSet> {
    const { splits: { train }, outputs } = this.view;
    const chosen = spread(train, count);
    const size = this.pictureSize ?? PHOTOGRAPH_SIZE;
    const pixels = await this.#pixels.few(chosen, size, context);
    return { count: chosen.length, height: size, width: size, pixels, labels: Int32Array.from(chosen, (picture) => outputs.get(picture.class) ?? 0) };
  }

  /** RGB bytes of these pictures, `size` x `size` each. @throws TsugikiError unknown_picture */
  few(ids: readonly number[], size: number, context: JobContext): Promise<Uint8Array> {
    return this.#pixels.few(ids.map((id) => this.picture(id)), size, context);
  }

  async look(id: number, size: number, context: JobContext): Promise<PictureView> {
    const picture = this.picture(id);
    const { pixels, width, height } = await this.#pixels.one(picture, size, context);
    return { ...this.#card(picture), path: this.pathOf(picture), width: picture.width, height: picture.height, pixels: new Uint8Array(pixels), shownWidth: width, shownHeight: height };
  }

  edit(edit: Edit): void {
    this.project.edit(edit);
  }

  undo(): ChangeLabel | null {
    return this.project.undo();
  }

  redo(): ChangeLabel | null {
    return this.project.redo();
  }

  /** @throws TsugikiError unknown_picture */
  picture(id: number): Picture {
    const picture = this.project.state.pictures.get(id);
    if (!picture) throw new TsugikiError('unknown_picture', `There is no picture ${id} in the project any more.`, { id });
    return picture;
  }

  root(id: number): Root {
    const root = this.project.state.header.roots.find((one) => one.id === id);
    if (!root) throw new TsugikiError('place_not_described', `The project names a place ${id} that it does not describe.`, { id });
    return root;
  }

  /** Folder of a root; "" for a packed set that has no path. */
  placeOf(root: Root): string {
    if (root.kind === 'folder') return root.path;
    if (root.kind === 'own') return this.project.ownPictures ?? '';
    return root.source.kind === 'path' ? root.source.path : '';
  }

  pathOf(picture: Picture): string {
    const root = this.root(picture.root);
    return picture.row === null ? resolve(below(this.placeOf(root), picture.file)) : this.placeOf(root);
  }

  packed(id: number, context: JobContext): Promise<PackedSet> {
    const known = this.#packed.get(id);
    if (known) return known;
    const root = this.root(id);
    if (root.kind !== 'packed') throw new Error(`Root ${id} is not a packed set`);
    const opening = openPacked(root.source, context);
    this.#packed.set(id, opening);
    opening.then((set) => this.hold(id, set)).catch(() => this.#packed.delete(id));
    return opening;
  }

  /** Takes over a packed set that is open already. */
  hold(id: number, set: PackedSet): void {
    this.#packed.set(id, Promise.resolve(set));
    this.#testedOn = set.testedOn;
  }

  /** Says which pictures' files are gone; replaces what was said before. */
  setMissing(ids: Iterable<number>): void {
    this.#missing.clear();
    for (const id of ids) this.#missing.add(id);
    this.#unreadable.clear();
    this.#view = null;
  }

  /** After a place has changed: what could not be read there is tried again, what was opened there is opened again. */
  forget(): void {
    this.#unreadable.clear();
    this.#packed.clear();
    this.#view = null;
  }

  get missing(): ReadonlySet<number> {
    return this.#missing;
  }

  get unreadable(): ReadonlyMap<number, ErrorShape> {
    return this.#unreadable;
  }

  close(): void {
    this.project.close();
  }

  get view(): View {
    const key = `${this.project.revision} ${this.#unreadable.size} ${this.#missing.size}`;
    if (this.#view?.key === key) return this.#view.view;
    const { header } = this.project.state;
    const pictures = this.project.pictures;
    const splits = splitPictures(pictures.filter(({ id }) => !this.#unreadable.has(id) && !this.#missing.has(id)), header.splits);
    const parts = new Map<number, Part>();
    for (const part of ['train', 'validation', 'test'] as const) for (const { id } of splits[part]) parts.set(id, part);
    const view: View = { splits, parts, outputs: new Map(header.classes.map(({ id }, i) => [id, i])), found: new Map() };
    this.#view = { key, view };
    return view;
  }

  #search({ part, class: wanted, text, only }: PictureQuery): Picture[] {
    const { parts } = this.view;
    const { pictures: byId } = this.project.state;
    const among = only === null ? this.project.pictures : only.map((id) => byId.get(id)).filter((picture) => picture !== undefined);
    const needle = text.trim().toLowerCase();
    return among.filter(
      (picture) =>
        (part === 'all' || (part === 'excluded' ? picture.excluded : !picture.excluded && parts.get(picture.id) === part)) &&
        (wanted === null || picture.class === wanted) &&
        (needle === '' || picture.file.toLowerCase().includes(needle))
    );
  }

  #card({ id, file, row, class: own, part, excluded }: Picture): PictureCard {
    return { id, file: row === null ? file : `${file} ${row + 1}`, class: own, part: this.view.parts.get(id) ?? part ?? 'train', excluded };
  }

  #leaveOut(picture: Picture, error: unknown): void {
    // Undone while it was being read: its place may have gone with it, and may come back.
    if (!this.project.state.pictures.has(picture.id)) return;
    this.#unreadable.set(picture.id, toErrorShape(error));
  }

  #missingByRoot(): { root: number; path: string; count: number }[] {
    const counts = new Map<number, number>();
    for (const id of this.#missing) {
      const root = this.project.state.pictures.get(id)?.root;
      if (root !== undefined) counts.set(root, (counts.get(root) ?? 0) + 1);
    }
    return [...counts].map(([root, count]) => ({ root, path: this.placeOf(this.root(root)), count }));
  }
}

/** Pictures of each class, by its id. */
function tally(pictures: readonly Picture[]): (id: number) => number {
  const counts = new Map<number, number>();
  for (const picture of pictures) counts.set(picture.class, (counts.get(picture.class) ?? 0) + 1);
  return (id) => counts.get(id) ?? 0;
}
