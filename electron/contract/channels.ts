/**
 * Every message between the window and main, as two maps: calls (renderer asks, main answers in an Envelope) and events (main tells).
 * Payloads are validated by these schemas on arrival in main; the window trusts main.
 */
import * as v from 'valibot';
import { type Augmented, AugmentRequestSchema, type DataSummary, DataSourceSchema, type Thumbnails, SplitSchema } from './data';
import type { ErrorShape } from './errors';
import { type NetworkInfo } from './network';
import type { Progress } from './progress';
import { ALPHAS, HeadLayerSchema, InputSizeSchema, RecipeSchema } from './recipe';
import { type Classification, ExportFormatSchema, type ExportResult, type LearningRateRange } from './results';
import type { Session } from './session';

export const PreferencesSchema = v.object({
  locale: v.picklist(['en', 'ja']),
  theme: v.picklist(['system', 'light', 'dark'])
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

/** What each call takes. */
export const CALLS = {
  'app:info': nothing,
  'preferences:set': v.partial(PreferencesSchema),
  /** Opens the system's dialog; answers the chosen path or null. */
  'data:choose': v.strictObject({ kind: v.picklist(['folder', 'file']) }),
  'data:open': v.strictObject({ source: DataSourceSchema }),
  'data:thumbnails': v.strictObject({
    split: SplitSchema,
    /** Only pictures of this class. */
    label: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500))
  }),
  /** Training pictures as augmentation would change them. */
  'data:augmented': AugmentRequestSchema,
  'network:describe': v.strictObject({
    alpha: v.picklist(ALPHAS),
    inputSize: InputSizeSchema,
    classes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100000)),
    head: v.array(HeadLayerSchema)
  }),
  /** Opens the system's dialog for a Keras no-top .h5; answers its path or null. */
  'weights:choose': nothing,
  'train:start': v.strictObject({
    recipe: RecipeSchema,
    /** "auto": ImageNet weights of that alpha when at hand, else the embedded backbone; "random"; or the path of a Keras .h5. */
    weights: v.string()
  }),
  /** Tries learning rates on one phase of the recipe; nothing is kept of it. `job:cancel` stops it. */
  'train:find_learning_rate': v.strictObject({ recipe: RecipeSchema, weights: v.string(), phase: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  'train:pause': nothing,
  'train:continue': nothing,
  'train:stop': nothing,
  /** Goes on from the last checkpoint after the engine died or the run was stopped. */
  'train:recover': nothing,
  /** The file's bytes as dropped. */
  'classify:picture': v.strictObject({ bytes: v.instance(Uint8Array), name: v.string() }),
  /** Asks for a folder when `directory` is null; answers null when the person cancels. */
  'export:model': v.strictObject({ format: ExportFormatSchema, directory: v.nullable(v.string()) }),
  /** Cancels the data import, download or export under way. */
  'job:cancel': nothing,
  'shell:show': v.strictObject({ path: v.string() })
} as const;

export type CallName = keyof typeof CALLS;
export type CallInput<K extends CallName> = v.InferInput<(typeof CALLS)[K]>;
/** What a handler receives: the validated payload, defaults filled in. */
export type CallPayload<K extends CallName> = v.InferOutput<(typeof CALLS)[K]>;

/** What each call answers. */
export interface CallResults {
  'app:info': AppInfo;
  'preferences:set': Preferences;
  'data:choose': string | null;
  'data:open': DataSummary;
  'data:thumbnails': Thumbnails;
  'data:augmented': Augmented;
  'network:describe': NetworkInfo;
  'weights:choose': string | null;
  'train:start': { runId: string };
  'train:find_learning_rate': LearningRateRange;
  'train:pause': null;
  'train:continue': null;
  'train:stop': null;
  'train:recover': { runId: string };
  'classify:picture': Classification;
  'export:model': ExportResult | null;
  'job:cancel': null;
  'shell:show': null;
}

/** What main tells the window unasked. */
export interface Events {
  progress: Progress;
  /** Something went wrong that no call is waiting for. */
  problem: ErrorShape;
}
export type EventName = keyof Events;
export const EVENT_NAMES: readonly EventName[] = ['progress', 'problem'];

/** `window.tsugiki`, the whole bridge. */
export interface Bridge {
  call<K extends CallName>(name: K, input: CallInput<K>): Promise<import('./errors').Envelope<CallResults[K]>>;
  /** Returns the function that stops listening. */
  on<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void;
  /** Path on disk of a dropped or chosen File; "" when it has none. */
  pathOf(file: File): string;
}
