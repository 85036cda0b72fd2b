/**
 * A project's pictures and every way to change them, as engine, main and window name them. What is written here is also what lies on disk
 * (docs/project-format.md): the header and one line a picture.
 */
import * as v from 'valibot';
import { ErrorShapeSchema } from './errors';
import { DataSourceSchema } from './source';

const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.trim(), v.minLength(1, 'A name needs at least one character.'), v.maxLength(200, 'A name has at most 200 characters.'));

/** A part that a picture belongs to by itself. Pictures without one are the training part, of which a recipe keeps its last share for validation. */
export const PartSchema = v.picklist(['train', 'validation', 'test']);
export type Part = v.InferOutput<typeof PartSchema>;

export const PictureSchema = v.strictObject({
  /** Counted up from 0 and never given twice; pictures keep this order. */
  id: index,
  /** Id of the root below which it lies. */
  root: index,
  /** Path below the root with forward slashes; of a packed set, its part: "train" or "test". */
  file: v.string(),
  /** Which picture of a packed set's part; null for a file. */
  row: v.nullable(index),
  /** SHA-1 in hex, of the file's bytes or of a packed picture's pixels. A file that has moved is found again by it. */
  hash: v.string(),
  /** Pixels, upright. */
  width: index,
  height: index,
  /** Id of its class. */
  class: index,
  part: v.nullable(PartSchema),
  /** Neither trained on nor tested on, but still there. */
  excluded: v.boolean()
});
export type Picture = v.InferOutput<typeof PictureSchema>;

/** Where pictures lie: a folder, the project's own folder `pictures/`, or a set that is one file or a few (CIFAR, MNIST, the sample). */
export const RootSchema = v.variant('kind', [
  v.strictObject({ id: index, kind: v.literal('folder'), path: v.string() }),
  v.strictObject({ id: index, kind: v.literal('own') }),
  v.strictObject({ id: index, kind: v.literal('packed'), source: DataSourceSchema })
]);
export type Root = v.InferOutput<typeof RootSchema>;

export const ClassSchema = v.strictObject({ id: index, name });
export type PictureClass = v.InferOutput<typeof ClassSchema>;

export const SplitsSchema = v.strictObject({
  /**
   * In which order the training part is handed over, and so which pictures are the "last" that a recipe's validationSplit keeps:
   * "given" as Keras' `validation_split` takes them, or "shuffled" from the seed so that every tail holds each class's share.
   */
  order: v.picklist(['given', 'shuffled']),
  seed: index,
  /** Share of the pictures without a part of their own that is kept for the test, drawn from the seed, by class; 0 for none. */
  testShare: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9))
});
export type Splits = v.InferOutput<typeof SplitsSchema>;

/** All of a project but its pictures. */
export const ProjectHeaderSchema = v.strictObject({
  name,
  /** In the order of the network's outputs. */
  classes: v.array(ClassSchema),
  roots: v.array(RootSchema),
  splits: SplitsSchema
});
export type ProjectHeader = v.InferOutput<typeof ProjectHeaderSchema>;

const ids = v.pipe(v.array(index), v.minLength(1));

/** What a person wants changed. */
export const EditSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('rename_project'), name }),
  v.strictObject({ kind: v.literal('move'), pictures: ids, class: index }),
  v.strictObject({ kind: v.literal('remove'), pictures: ids }),
  v.strictObject({ kind: v.literal('exclude'), pictures: ids }),
  v.strictObject({ kind: v.literal('include'), pictures: ids }),
  v.strictObject({ kind: v.literal('set_part'), pictures: ids, part: v.nullable(PartSchema) }),
  v.strictObject({ kind: v.literal('add_class'), name }),
  v.strictObject({ kind: v.literal('rename_class'), class: index, name }),
  /** All pictures of `classes` go to `into`; the emptied classes go. */
  v.strictObject({ kind: v.literal('merge_classes'), classes: ids, into: index }),
  /** The pictures become a class of their own. */
  v.strictObject({ kind: v.literal('split_off'), pictures: ids, name }),
  /** The class and its pictures. */
  v.strictObject({ kind: v.literal('remove_class'), class: index }),
  v.strictObject({ kind: v.literal('set_splits'), splits: SplitsSchema })
]);
export type Edit = v.InferOutput<typeof EditSchema>;

/** What a change was, for "Undo: moved 3 pictures to cat". */
export const ChangeLabelSchema = v.strictObject({
  kind: v.picklist(['import', 'relocate', 'refresh', 'rename_project', 'move', 'remove', 'exclude', 'include', 'set_part', 'add_class', 'rename_class', 'merge_classes', 'split_off', 'remove_class', 'set_splits']),
  /** Pictures that it touched. */
  count: index,
  /** The class, part or name it was about; "" where there is none. */
  name: v.string()
});
export type ChangeLabel = v.InferOutput<typeof ChangeLabelSchema>;

/** What the window and the terminal are told of a project. */
export const ProjectSummarySchema = v.object({
  /** Folder on disk; null for pictures opened without a project, by the command line. */
  directory: v.nullable(v.string()),
  /** Counted up by every change: what was fetched before it is out of date. */
  revision: v.number(),
  /** Pictures of each class by part, those excluded apart. */
  classes: v.array(v.object({ id: v.number(), name: v.string(), train: v.number(), validation: v.number(), test: v.number(), excluded: v.number() })),
  splits: SplitsSchema,
  undo: v.nullable(ChangeLabelSchema),
  redo: v.nullable(ChangeLabelSchema),
  /** Folders and files that are not where they were, with how many pictures each. */
  missing: v.array(v.object({ root: v.number(), path: v.string(), count: v.number() })),
  /** Pictures whose files held something else when the project was opened; what is there now is what counts. */
  changed: v.array(v.number())
});
export type ProjectSummary = v.InferOutput<typeof ProjectSummarySchema>;

/** Which pictures to show, in the project's order. */
export const PictureQuerySchema = v.strictObject({
  /** "all" holds the excluded ones too, the three parts do not. */
  part: v.picklist(['all', 'train', 'validation', 'test', 'excluded']),
  /** Only of this class (id); null for all. */
  class: v.nullable(index),
  /** Part of the file's path, in any case; "" for all. */
  text: v.string(),
  /** Only these pictures, in this order; null for all. */
  only: v.nullable(v.array(index)),
  /** Of the own test set that is open beside the project, instead of the project's. */
  own: v.optional(v.boolean())
});
export type PictureQuery = v.InferOutput<typeof PictureQuerySchema>;

/** A picture in a grid. */
export const PictureCardSchema = v.object({ id: v.number(), file: v.string(), class: v.number(), part: PartSchema, excluded: v.boolean() });
export type PictureCard = v.InferOutput<typeof PictureCardSchema>;

/** One picture looked at closely. */
export const PictureViewSchema = v.object({
  ...PictureCardSchema.entries,
  /** Path on disk; of a packed set, the set's. */
  path: v.string(),
  width: v.number(),
  height: v.number(),
  /** RGB bytes, as large as asked for or as it is. */
  pixels: v.instance(Uint8Array),
  shownWidth: v.number(),
  shownHeight: v.number()
});
export type PictureView = v.InferOutput<typeof PictureViewSchema>;

/** A file that is left out, with the reason as a sentence. */
export const SkippedFileSchema = v.object({ file: v.string(), reason: ErrorShapeSchema });

export const ImportReportSchema = v.object({
  added: v.number(),
  /** Already in the project, by place; where pictures are put right, by content too. */
  already: v.number(),
  /** Of these: put right, so that they have another class now. */
  moved: v.number(),
  skipped: v.array(SkippedFileSchema),
  /** Pictures that came without a class; they are in once it is asked for. */
  loose: v.number(),
  stopped: v.boolean()
});
export type ImportReport = v.InferOutput<typeof ImportReportSchema>;

/** What may be wrong with the pictures. Groups of ids belong together (copies of one picture); kinds about a class have one group, its pictures. */
export const HealthFindingSchema = v.object({
  kind: v.picklist([
    'unreadable', 'missing', 'duplicates', 'near_duplicates', 'contradiction', 'near_contradiction', 'leak', 'near_leak',
    'tiny', 'odd_shape', 'blank', 'few', 'empty_class', 'uneven'
  ]),
  groups: v.array(v.array(v.number())),
  /** Pictures concerned; `groups` may hold the first of very many only. */
  count: v.number(),
  /** Id of the class that it is about; null for the whole set. */
  class: v.nullable(v.number()),
  /** The figure behind it: pixels of the smallest, pictures of the class, times as many. */
  figure: v.nullable(v.number()),
  /** What mends it, if one edit does. */
  fix: v.nullable(EditSchema)
});
export type HealthFinding = v.InferOutput<typeof HealthFindingSchema>;

export const HealthReportSchema = v.object({
  /** The project's revision that was looked at. */
  revision: v.number(),
  checked: v.number(),
  findings: v.array(HealthFindingSchema),
  /** Files left out at the import, with the reason. */
  skipped: v.array(SkippedFileSchema)
});
export type HealthReport = v.InferOutput<typeof HealthReportSchema>;

/** A picture whose class the model doubts. */
export const LabelDoubtSchema = v.object({
  id: v.number(),
  /** Ids of classes. */
  given: v.number(),
  suggested: v.number(),
  /** Probabilities of both, by a model that has not seen the picture. */
  givenProbability: v.number(),
  suggestedProbability: v.number()
});
export type LabelDoubt = v.InferOutput<typeof LabelDoubtSchema>;
export const LabelDoubtsSchema = v.object({
  checked: v.number(),
  /** Share of the pictures that the model names as they are named: the lower, the more of its doubts are its own fault. */
  agreement: v.number(),
  doubts: v.array(LabelDoubtSchema)
});
export type LabelDoubts = v.InferOutput<typeof LabelDoubtsSchema>;
