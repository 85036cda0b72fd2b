/**
 * Every message between the window and main, as two maps: calls (renderer asks, main answers in an Envelope) and events (main tells).
 * Payloads are validated by these schemas on arrival in main; the window trusts main.
 */
import * as v from 'valibot';
import { type Augmented, AugmentRequestSchema, type DataSummary, type Thumbnails } from './data';
import type { ErrorShape } from './errors';
import { ExportFormatSchema, type ExportResult, type ExportSize, PrecisionSchema } from './exports';
import { JobSchema } from './jobs';
import type { KerasProject } from './keras-project';
import { LANGUAGE_TAGS } from './languages';
import { type NetworkInfo } from './network';
import type { Opening } from './opening';
import type { Progress } from './progress';
import { EditSchema, type HealthReport, type ImportReport, type LabelDoubts, PictureQuerySchema, type PictureView } from './project';
import { ALPHAS, HeadLayerSchema, InputSizeSchema, type Recipe, RecipeSchema, ScaleSchema } from './recipe';
import type { Classification, LearningRateRange } from './results';
import { type RunCard } from './runs';
import type { Session } from './session';
import { DataSourceSchema } from './source';
import type { SortedCopies, TriedMany, TriedThumbnails } from './trying';
import {
  ActivationRequestSchema, type Activations, type ClassCurves, type FeatureMap, type Heatmap, type MeasuredCost, type ModelSettings, ModelSettingsSchema, type Neighbours, type Places, SetSchema, SubjectSchema,
  type Understanding
} from './understanding';

export const PreferencesSchema = v.object({
  locale: v.picklist(LANGUAGE_TAGS),
  theme: v.picklist(['system', 'light', 'dark']),
  /** How pictures are laid out on the map. */
  map: v.optional(v.picklist(['umap', 'pca']), 'umap')
});
export type Preferences = v.InferOutput<typeof PreferencesSchema>;

export interface AppInfo {
  version: string;
  platform: string;
  electron: string;
  preferences: Preferences;
  session: Session;
}

const nothing = v.undefined();
const MOST_ON_MAP = 5000;
const index = v.pipe(v.number(), v.integer(), v.minValue(0));
/** The name of a run must not lead out of its folder. */
export const RunIdSchema = v.pipe(v.string(), v.regex(/^[\w-]+$/));

/** What each call takes. */
export const CALLS = {
  'app:info': nothing,
  'preferences:set': v.partial(PreferencesSchema),
  /** Opens the system's dialog; answers the chosen paths, none when the person cancels. "project" chooses a project's folder or its file. */
  'data:choose': v.strictObject({ kind: v.picklist(['folder', 'file', 'pictures', 'project']) }),
  /** Opens a project, or makes a new one of anything else. */
  'data:open': v.strictObject({ source: DataSourceSchema }),
  /** Adds what lies at these paths to the open project, or to a new one; `className` for pictures that come without a class. `corrects`: those that are in already get it, too. */
  'data:import': v.strictObject({ paths: v.pipe(v.array(v.string()), v.minLength(1)), className: v.nullable(v.string()), corrects: v.optional(v.boolean(), false) }),
  /** Adds pictures that are no files yet (camera, clipboard); the project keeps them. */
  'data:add': v.strictObject({
    className: v.string(),
    pictures: v.pipe(v.array(v.strictObject({ name: v.string(), bytes: v.instance(Uint8Array) })), v.minLength(1), v.maxLength(100)),
    /** As above. */
    corrects: v.optional(v.boolean(), false)
  }),
  'data:thumbnails': v.strictObject({
    query: PictureQuerySchema,
    offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500))
  }),
  /** Ids of all pictures that a query finds. */
  'data:ids': v.strictObject({ query: PictureQuerySchema }),
  /** One picture, at most `size` pixels high and wide. */
  'data:picture': v.strictObject({ id: v.number(), own: v.optional(v.boolean()), size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)) }),
  'data:edit': v.strictObject({ edit: EditSchema }),
  'data:undo': nothing,
  'data:redo': nothing,
  /** Says where a missing root is now; asks for the folder when `path` is null, answers null when the person cancels. */
  'data:relocate': v.strictObject({ root: v.number(), path: v.nullable(v.string()) }),
  /** Copies all pictures into the project, so that it can travel. */
  'data:collect': nothing,
  /** Looks whether files have gone or come back; answers null where none has. */
  'data:look': nothing,
  'data:health': nothing,
  /** Pictures whose class a model doubts that has not seen them. */
  'data:label_doubts': nothing,
  /** Closes the project: back to the first screen. It stays among the recent ones. */
  'data:close': nothing,
  'project:recent': nothing,
  /** Takes a project off the list; its folder stays. */
  'project:forget': v.strictObject({ path: v.string() }),
  /** Moves the project to a folder that the person chooses; answers null when they cancel. */
  'project:save_as': nothing,
  /** Training pictures as augmentation would change them. */
  'data:augmented': AugmentRequestSchema,
  'network:describe': v.strictObject({
    alpha: v.picklist(ALPHAS),
    inputSize: InputSizeSchema,
    classes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100000)),
    head: v.array(HeadLayerSchema)
  }),
  /** Tries a few steps of one phase on this machine; nothing is kept of it. Refused ("busy") while a run is going on. */
  'network:measure': v.strictObject({ recipe: RecipeSchema, phase: index }),
  /** What a layer sees in a picture. */
  'network:activations': ActivationRequestSchema,
  /** Opens the system's dialog for a Keras no-top .h5; answers its path or null. */
  'weights:choose': nothing,
  'train:start': v.strictObject({
    recipe: RecipeSchema,
    /** "auto": ImageNet weights of that alpha when at hand, else the embedded backbone; "random"; or the path of a Keras .h5. */
    weights: v.string(),
    /** What to call it; null for none. */
    name: v.optional(v.nullable(v.string()), null)
  }),
  /** Trains several runs one after the other, to be compared. Stopping one stops those after it, too. */
  'train:start_all': v.strictObject({ runs: v.pipe(v.array(v.strictObject({ recipe: RecipeSchema, weights: v.string(), name: v.nullable(v.string()) })), v.minLength(1), v.maxLength(20)) }),
  /** Tries learning rates on one phase of the recipe; nothing is kept of it. `job:cancel` stops it. */
  'train:find_learning_rate': v.strictObject({ recipe: RecipeSchema, weights: v.string(), phase: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  'train:pause': nothing,
  'train:continue': nothing,
  'train:stop': nothing,
  /** Goes on from the last checkpoint after the engine died or the run was stopped. */
  'train:recover': nothing,
  /** The project's runs, newest first. */
  'runs:list': nothing,
  'runs:change': v.strictObject({ runId: RunIdSchema, name: v.optional(v.nullable(v.string())), note: v.optional(v.string()) }),
  /** Goes back to a run: its curves are shown, its model classifies. */
  'runs:open': v.strictObject({ runId: RunIdSchema }),
  /** It can be restored until the project is closed. */
  'runs:delete': v.strictObject({ runId: RunIdSchema }),
  'runs:restore': v.strictObject({ runId: RunIdSchema }),
  /** Opens a model from elsewhere, or an export, as a run of the project, or without one; asks for the file when `path` is null, answers null when the person cancels. `scale` null: as the file says, else -1..1. */
  'model:open': v.strictObject({ path: v.nullable(v.string()), scale: v.nullable(ScaleSchema) }),
  /** The Keras program that does the same as this recipe with the open pictures. */
  'recipe:code': v.strictObject({ recipe: RecipeSchema, weights: v.string() }),
  /** Asks where to, and writes the recipe as JSON; answers its path or null. */
  'recipe:save': v.strictObject({ recipe: RecipeSchema }),
  /** Reads a recipe's JSON; asks for the file when `path` is null. */
  'recipe:open': v.strictObject({ path: v.nullable(v.string()) }),
  /** How the session's model does on pictures; computed anew only for what has changed. */
  'understand:evaluate': v.strictObject({ set: SetSchema }),
  /** Opens pictures with classes as a test set beside the project; asks when `path` is null. Answers its name, or null when the person cancels. */
  'understand:open_own': v.strictObject({ path: v.nullable(v.string()), kind: v.picklist(['folder', 'file']) }),
  /** Of the set that was evaluated last. */
  'understand:curves': v.strictObject({ class: index }),
  'understand:settings': ModelSettingsSchema,
  /** `class` null: of the class it is most sure of. `layer` null: the last with a map larger than 1x1, else the last. */
  'understand:heatmap': v.strictObject({ subject: SubjectSchema, class: v.nullable(index), layer: v.nullable(v.string()) }),
  'understand:neighbours': v.strictObject({ subject: SubjectSchema, count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50)) }),
  'understand:map': v.strictObject({ set: SetSchema, limit: v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(MOST_ON_MAP)) }),
  /** UMAP of pictures that are on a map, in the order of their ids. */
  'understand:lay_out': v.strictObject({ own: v.boolean(), ids: v.pipe(v.instance(Int32Array), v.maxLength(MOST_ON_MAP)) }),
  /** The file's bytes as dropped. */
  'classify:picture': v.strictObject({ bytes: v.instance(Uint8Array), name: v.string() }),
  /** A camera's frame as a canvas gives it: R G B A. */
  'classify:frame': v.pipe(
    v.strictObject({ pixels: v.instance(Uint8ClampedArray), width: index, height: index }),
    v.check(({ pixels, width, height }) => pixels.length > 0 && pixels.length === 4 * width * height, 'A frame has four bytes a pixel.')
  ),
  /** Classifies files and all pictures in folders; asks for a folder when `paths` is null, answers null when the person cancels. */
  'classify:many': v.strictObject({ paths: v.nullable(v.pipe(v.array(v.string()), v.minLength(1))) }),
  /** Gives pictures that are no files a place on disk until the app is closed, so that many of them can be classified; answers their paths, in order. */
  'classify:hold': v.strictObject({
    pictures: v.pipe(v.array(v.strictObject({ name: v.string(), bytes: v.instance(Uint8Array) })), v.minLength(1), v.maxLength(100))
  }),
  /** Of the rows that were classified last. */
  'classify:thumbnails': v.strictObject({ rows: v.pipe(v.array(index), v.minLength(1), v.maxLength(500)) }),
  /** The file of such a row, to be looked at. */
  'classify:file': v.strictObject({ row: index }),
  /** Copies the files that were classified last into class folders, below a folder that the person chooses. */
  'classify:sort': nothing,
  /** Asks where to, and writes a file that the window has made (CSV, PNG); answers its path or null. */
  'file:save': v.strictObject({ name: v.pipe(v.string(), v.regex(/^[^/\\\\]{1,200}$/)), bytes: v.instance(Uint8Array) }),
  /** Of the open model. */
  'export:sizes': nothing,
  /** Asks for a folder when `directory` is null; answers null when the person cancels. */
  'export:model': v.strictObject({ format: ExportFormatSchema, precision: PrecisionSchema, directory: v.nullable(v.string()) }),
  /** Writes the session's run as a project that trains in Keras on bigger machines; asks where to, answers null when the person cancels. `goOn`: from the model's weights, not from the run's first ones. */
  'export:project': v.strictObject({ goOn: v.boolean() }),
  /** Cancels that work, and no other that is under way beside it. */
  'job:cancel': v.strictObject({ job: JobSchema }),
  'shell:show': v.strictObject({ path: v.string() }),
  /** Lets the system drag these pictures (ids) on, out of the window, as files; to be asked while a drag begins. */
  'data:drag': v.strictObject({ pictures: v.pipe(v.array(index), v.minLength(1)), own: v.optional(v.boolean()) }),
  /** The button was let go: what is not under way by now is not dragged any more. */
  'data:drag_end': nothing,
  /** Lets the system drag an export on, out of the window; to be asked while a drag begins. */
  'shell:drag': v.strictObject({ path: v.string() })
} as const;

export type CallName = keyof typeof CALLS;
export type CallInput<K extends CallName> = v.InferInput<(typeof CALLS)[K]>;
/** What a handler receives: the validated payload, defaults filled in. */
export type CallPayload<K extends CallName> = v.InferOutput<(typeof CALLS)[K]>;

export interface Imported {
  summary: DataSummary;
  report: ImportReport;
}

export interface RecentProject {
  /** The project's folder. */
  path: string;
  name: string;
  /** ISO 8601. */
  opened: string;
  pictures: number;
  classes: number;
}

/** What menu and system want of the window: a menu item chosen, a project double-clicked, a notification clicked. */
export type Wish =
  | { kind: 'open'; path: string }
  | { kind: 'go'; to: 'data' | 'network' | 'train' | 'understand' | 'try' }
  /** A run that has ended is looked at. */
  | { kind: 'run'; runId: string }
  | { kind: 'undo' | 'redo' | 'new' | 'open_project' | 'save_as' | 'export' | 'keys' };

/** What each call answers. */
export interface CallResults {
  'app:info': AppInfo;
  'preferences:set': Preferences;
  'data:choose': string[];
  'data:open': DataSummary;
  'data:import': Imported;
  'data:add': Imported;
  'data:thumbnails': Thumbnails;
  'data:ids': number[];
  'data:picture': PictureView;
  'data:edit': DataSummary;
  'data:undo': DataSummary;
  'data:redo': DataSummary;
  'data:relocate': DataSummary | null;
  'data:collect': DataSummary;
  'data:look': DataSummary | null;
  'data:health': HealthReport;
  'data:label_doubts': LabelDoubts;
  'data:close': null;
  'project:recent': RecentProject[];
  'project:forget': RecentProject[];
  'project:save_as': DataSummary | null;
  'data:augmented': Augmented;
  'network:describe': NetworkInfo;
  'network:measure': MeasuredCost;
  'network:activations': Activations;
  'weights:choose': string | null;
  'train:start': { runId: string };
  'train:start_all': { runId: string };
  'train:find_learning_rate': LearningRateRange;
  'train:pause': null;
  'train:continue': null;
  'train:stop': null;
  'train:recover': { runId: string };
  'runs:list': RunCard[];
  'runs:change': RunCard[];
  'runs:open': Session;
  'runs:delete': RunCard[];
  'runs:restore': RunCard[];
  'model:open': Opening | null;
  'recipe:code': string;
  'recipe:save': string | null;
  'recipe:open': { recipe: Recipe; path: string } | null;
  'understand:evaluate': Understanding;
  'understand:open_own': string | null;
  'understand:curves': ClassCurves;
  'understand:settings': ModelSettings;
  'understand:heatmap': Heatmap;
  'understand:neighbours': Neighbours;
  'understand:map': FeatureMap;
  'understand:lay_out': Places;
  'classify:picture': Classification;
  'classify:frame': Classification;
  'classify:many': TriedMany | null;
  'classify:hold': string[];
  'classify:thumbnails': TriedThumbnails;
  'classify:file': Uint8Array;
  'classify:sort': SortedCopies | null;
  'file:save': string | null;
  'export:sizes': ExportSize[];
  'export:model': ExportResult | null;
  'export:project': KerasProject | null;
  'job:cancel': null;
  'data:drag': null;
  'data:drag_end': null;
  'shell:show': null;
  'shell:drag': null;
}

/** What main tells the window unasked. */
export interface Events {
  progress: Progress;
  /** Something went wrong that no call is waiting for. */
  problem: ErrorShape;
  wish: Wish;
}
export type EventName = keyof Events;
export const EVENT_NAMES: readonly EventName[] = ['progress', 'problem', 'wish'];

/** `window.tsugiki`, the whole bridge. */
export interface Bridge {
  call<K extends CallName>(name: K, input: CallInput<K>): Promise<import('./errors').Envelope<CallResults[K]>>;
  /** Returns the function that stops listening. */
  on<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void;
  /** Path on disk of a dropped or chosen File; "" when it has none. */
  pathOf(file: File): string;
}
