/** How the model does on pictures: asked for by itself, again after every change, and kept while the person is elsewhere in the window. */
import { untrack } from 'svelte';
import type { CallInput, ModelSettings, PictureSet, Recipe, Understanding } from '../../electron/contract';
import { CallError, call } from '../api';
import { type Choice, answersById, chosenIds, type PictureAnswer } from '../lib/confusion';
import { type Dropped, isRecipe } from '../lib/drop';
import { type Judged, judgedAnew } from '../lib/retrained';
import { m } from '../m';
import { data } from './data.svelte';
import { incoming } from './incoming.svelte';
import { place } from './place.svelte';
import { recipe } from './recipe.svelte';
import { run } from './run.svelte';
import { session } from './session.svelte';
import { notify, report as tell } from './toasts.svelte';

export const VIEWS = ['summary', 'mistakes', 'classes', 'confidence', 'map'] as const;
export type View = (typeof VIEWS)[number];

/** Hardest and most confident wrong pictures that are shown. */
export const MOST_RANKED = 200;

/** A report, and what it is about. */
interface About {
  /** Model, project and pictures: while these stay, an older report is better than none. */
  readonly subject: string;
  /** Project and pictures. */
  readonly pictures: string;
  /** The state of all that it depends on. */
  readonly state: string;
  readonly answer: Understanding;
}

let view = $state<View>('summary');
/** Null until the person has chosen. */
let wanted = $state<PictureSet | null>(null);
/** The last own test set: its name, how many there have been, and the project beside which it lies and with which it is closed. */
let beside = $state.raw<{ name: string; count: number; directory: string | null } | null>(null);
let opening = $state(false);
let kept = $state.raw<About | null>(null);
let working = $state(false);
/** The state that was asked about last: what failed or was cancelled is not asked again by itself. */
let tried = $state('');
/** Counted up when the model's probabilities have become others. */
let tempered = $state(0);
let choice = $state.raw<Choice | null>(null);
/** The picture that is looked at closely, by its place among those that are shown. */
let opened = $state.raw<{ ids: readonly number[]; position: number } | null>(null);
/** The class whose curve is shown. */
let ofClass = $state(0);
/** The project's revision when a model was first asked about. */
let before = $state.raw<{ model: string; revision: number } | null>(null);

/** What was known when a training was asked for here: of which run, by which model. */
let earlier = $state.raw<{ readonly runId: string; readonly model: string; readonly about: About } | null>(null);

const directory = $derived(data.project?.directory ?? null);
const own = $derived(beside?.directory === directory ? beside : null);
const revision = $derived(data.project?.revision ?? 0);
const hasValidation = $derived(session.now.validationCount > 0 || (data.now?.validationCount ?? 0) > 0);
const sets = $derived<readonly PictureSet[]>([
  ...((data.now?.testCount ?? 0) > 0 ? (['test'] as const) : []),
  ...(hasValidation ? (['validation'] as const) : []),
  ...((data.now?.trainCount ?? 0) > 0 ? (['train'] as const) : []),
  ...(own ? (['own'] as const) : [])
]);
const set = $derived(wanted !== null && sets.includes(wanted) ? wanted : (sets[0] ?? null));
const shown = $derived([directory, set, set === 'own' ? own?.count : ''].join('\n'));
const subject = $derived([session.now.model, shown].join('\n'));
const state = $derived([subject, revision, tempered].join('\n'));
/** There is a model and there are pictures to ask it about. */
const possible = $derived(session.now.model !== null && set !== null);
const report = $derived(kept?.subject === subject ? kept.answer : null);
/** Ids of runs sort by time: a run that is gone back to has followed none. */
const retrained = $derived.by(() => {
  const { runId, model } = session.now;
  if (!report || !earlier || runId === null || runId <= earlier.runId || model === earlier.model || shown !== earlier.about.pictures) return null;
  const judged = judgedAnew(earlier.about.answer, report);
  return judged && { before: judged, after: report, runIds: [earlier.runId, runId] };
});
const find = $derived(report ? answersById(report) : () => null);

/** The run's recipe, as it is being edited where only the number of pictures has changed: that one follows the pictures. */
function recipeOfRun(): Recipe {
  const asRun = session.now.recipe;
  const plain = (one: Recipe): string => JSON.stringify({ ...one, limit: 0 });
  return asRun === null || plain(asRun) === plain(recipe.now) ? recipe.now : asRun;
}

/** A slider gives settings faster than they can be set: of those that come meanwhile only the last is. */
let next: ModelSettings | null = null;
let applying: Promise<void> | null = null;
async function applyAll(): Promise<void> {
  while (next) {
    const settings = next;
    next = null;
    try {
      const applied = await call('understand:settings', settings);
      if (!kept) continue;
      if (applied.temperature !== kept.answer.settings.temperature) tempered++;
      else kept = { ...kept, answer: { ...kept.answer, settings: applied } };
    } catch (error) {
      tell(error);
    }
  }
  applying = null;
}

export const understanding = {
  get view(): View {
    return view;
  },
  set view(to: View) {
    view = to;
    opened = null;
  },
  /** Pictures that there are to choose from. */
  get sets(): readonly PictureSet[] {
    return sets;
  },
  get set(): PictureSet | null {
    return set;
  },
  set set(to: PictureSet | null) {
    // What was being looked at takes as long as it is large, and nobody waits for it now.
    if (working && to !== set) void data.cancel('understand');
    wanted = to;
    choice = null;
    opened = null;
  },
  /** Name of the own test set; null while none is open. */
  get own(): string | null {
    return own?.name ?? null;
  },
  get working(): boolean {
    return working || opening;
  },
  /** About the model and the pictures that are chosen; while it is being made anew, the one before. */
  get report(): Understanding | null {
    return report;
  },
  /** The report is about all as it is now. */
  get current(): boolean {
    return kept?.state === state;
  },
  /** What a map or a curve depends on, besides the pictures' classes. */
  get subject(): string {
    return subject;
  },
  get possible(): boolean {
    return possible;
  },
  /** The pictures have changed since this model was first asked about. */
  get changed(): boolean {
    return before !== null && before.model === session.now.model && before.revision !== revision;
  },
  /** The model before the training that was asked for here, on the same pictures as the report; null where there is none to be compared. */
  get retrained(): { readonly before: Judged; readonly after: Understanding; readonly runIds: readonly string[] } | null {
    return retrained;
  },
  /** What the report says of a picture; null where it says nothing. */
  answer: (id: number): PictureAnswer | null => find(id),
  get choice(): Choice | null {
    return choice;
  },
  set choice(to: Choice | null) {
    choice = to;
    opened = null;
  },
  /** Ids of the chosen pictures, worst first. */
  get chosen(): readonly number[] {
    return report && choice ? chosenIds(report, choice, MOST_RANKED) : [];
  },
  get opened(): { ids: readonly number[]; position: number } | null {
    return opened;
  },
  open(ids: readonly number[], position: number): void {
    opened = { ids, position };
  },
  close(): void {
    opened = null;
  },
  /** A picture is gone from those that are looked at closely. */
  drop(id: number): void {
    if (!opened) return;
    const ids = opened.ids.filter((one) => one !== id);
    opened = ids.length === 0 ? null : { ids, position: Math.min(opened.position, ids.length - 1) };
  },
  get class(): number {
    return Math.min(ofClass, (report?.classNames.length ?? 1) - 1);
  },
  set class(index: number) {
    ofClass = index;
  },
  async evaluate(): Promise<void> {
    if (working || set === null || session.now.model === null) return;
    const about = { subject, pictures: shown, state };
    const now = { model: session.now.model, revision };
    working = true;
    tried = state;
    try {
      const answer = await call('understand:evaluate', { set });
      // Classes are named by their places: of other classes nothing stays chosen.
      if (kept && kept.answer.classNames.join('\n') !== answer.classNames.join('\n')) understanding.choice = null;
      kept = { ...about, answer };
      if (before?.model !== now.model) before = now;
    } catch (error) {
      // The engine that had it open is gone.
      if (error instanceof CallError && error.shape.code === 'no_own_set') beside = null;
      tell(error);
    } finally {
      working = false;
      session.clearStage();
    }
  },
  /** Opens pictures with classes as a test set. @param path null: the person is asked */
  async openOwn(kind: CallInput<'understand:open_own'>['kind'], path: string | null = null): Promise<void> {
    if (opening) return;
    opening = true;
    try {
      const name = await call('understand:open_own', { path, kind });
      if (name !== null) {
        beside = { name, count: (beside?.count ?? 0) + 1, directory };
        understanding.set = 'own';
      }
    } catch (error) {
      tell(error);
    } finally {
      opening = false;
      session.clearStage();
    }
  },
  /** What was dropped is a test set: the first folder or archive of it. A project, a model or a recipe is opened, as everywhere. */
  async takeDropped(dropped: Dropped): Promise<void> {
    const [path] = dropped.paths;
    if (dropped.project !== null || dropped.model !== null || (path !== undefined && isRecipe(path))) await incoming.take(dropped);
    else if (path === undefined) notify(m.set_own_needs_files());
    else await understanding.openOwn('folder', path);
  },
  /** How the model answers from now on; kept with it. */
  apply(settings: ModelSettings): Promise<void> {
    next = settings;
    return (applying ??= applyAll());
  },
  /** Trains as this run was trained, on the pictures as they are now. */
  async trainAgain(): Promise<void> {
    if (run.active) return;
    const next = recipeOfRun();
    if (next !== recipe.now) recipe.set(next);
    const { runId, model } = session.now;
    earlier = kept && report && runId !== null && model !== null ? { runId, model, about: kept } : null;
    place.go('train');
    await run.start();
  },
  /** Asks when there is something else to ask about than before. */
  keepUp(): Promise<void> | null {
    if (!possible || working || opening || run.active || data.busy || state === tried || state === kept?.state) return null;
    return untrack(() => understanding.evaluate());
  },
  /** Keeps up by itself. Call once, while a component is being set up. */
  follow(): void {
    $effect(() => void understanding.keepUp());
  }
};
