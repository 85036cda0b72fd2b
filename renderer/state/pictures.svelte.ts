/** Which of the project's pictures the grid shows, and how large. Kept while the person is elsewhere in the window. */
import { untrack } from 'svelte';
import type { PictureQuery, ProjectSummary } from '../../electron/contract';
import { NOTHING } from '../lib/selection';
import { data } from './data.svelte';
import { selection } from './selection.svelte';

export type ShownPart = PictureQuery['part'];
export const PARTS: readonly ShownPart[] = ['all', 'train', 'validation', 'test', 'excluded'];

/** Sides of a picture in the grid, pixels. */
export const ZOOM = { least: 48, photograph: 96, most: 192, step: 12 };

export interface Shown {
  readonly ids: readonly number[];
  /** What they are: "near duplicates". */
  readonly title: string;
}

type ClassSummary = ProjectSummary['classes'][number];
const countIn = (of: ClassSummary, part: ShownPart): number => (part === 'all' ? of.train + of.validation + of.test + of.excluded : of[part]);

let part = $state<ShownPart>('all');
let chosen = $state<number | null>(null);
let text = $state('');
let shown = $state.raw<Shown | null>(null);
/** Null until the person has chosen: pictures of a few pixels need little room, photographs are shown as large as they come. */
let zoom = $state<number | null>(null);

const names = $derived(new Map(data.project?.classes.map(({ id, name }) => [id, name])));
/** A class that a change has taken away is chosen no longer. */
const ofClass = $derived(chosen !== null && names.has(chosen) ? chosen : null);

export const pictures = {
  get part(): ShownPart {
    return part;
  },
  set part(value: ShownPart) {
    part = value;
  },
  /** Id of the only class that is shown; null for all. */
  get class(): number | null {
    return ofClass;
  },
  set class(id: number | null) {
    chosen = id;
  },
  /** What is searched for in the files' names. */
  get text(): string {
    return text;
  },
  set text(value: string) {
    text = value;
  },
  get zoom(): number {
    return zoom ?? (data.now?.pictureSize === null ? ZOOM.photograph : ZOOM.least);
  },
  set zoom(pixels: number) {
    zoom = pixels;
  },
  /** The only pictures that may be shown, those of a finding or a doubt; null for all of the project. */
  get shown(): Shown | null {
    return shown;
  },
  show(ids: readonly number[] | null, title = ''): void {
    shown = ids && { ids, title };
    part = 'all';
    chosen = null;
    text = '';
  },
  get query(): PictureQuery {
    return { part, class: ofClass, text: text.trim(), only: shown && [...shown.ids] };
  },
  /** Pictures of a part, of the chosen class or of all. */
  count(of: ShownPart): number {
    return (data.project?.classes ?? []).reduce((sum, one) => sum + (ofClass === null || one.id === ofClass ? countIn(one, of) : 0), 0);
  },
  /** Pictures of a class in the part that is shown. */
  countOf: (of: ClassSummary): number => countIn(of, part),
  className: (id: number): string => names.get(id) ?? '',
  /** Begins anew whenever another project is open: its pictures have other ids. Call once, while a component is being set up. */
  follow(): void {
    const directory = $derived(data.project?.directory);
    $effect.pre(() => {
      void directory;
      untrack(() => {
        pictures.show(null);
        selection.now = NOTHING;
      });
    });
  }
};
