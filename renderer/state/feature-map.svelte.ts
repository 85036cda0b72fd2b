/**
 * Where the pictures lie among each other, as the model sees them. Kept until another model or other pictures are asked about. PCA is there at once;
 * UMAP takes longer, and PCA is shown until then.
 */
import type { FeatureMap, Places } from '../../electron/contract';
import { CallError, call } from '../api';
import { type MapView, WHOLE } from '../lib/map-view';
import { data } from './data.svelte';
import { preferences } from './preferences.svelte';
import { session } from './session.svelte';
import { report } from './toasts.svelte';
import { understanding } from './understanding.svelte';

export const METHODS = ['umap', 'pca'] as const;
export type Method = (typeof METHODS)[number];
export const COLOURINGS = ['class', 'right'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** Pictures on the map: more would hide each other. */
const MOST_PICTURES = 1000;

let kept = $state.raw<{ subject: string; answer: FeatureMap; umap: Places | null } | null>(null);
let working = $state(false);
let tried = '';
let layingOut = $state(false);
/** The map whose UMAP failed or was cancelled: it is made when the person asks. */
let without = $state.raw<FeatureMap | null>(null);
let colouring = $state<Colouring>('class');
let view = $state.raw<MapView>(WHOLE);
/** Place in the map of the picture that the keyboard is at. */
let focus = $state(0);

export const featureMap = {
  get now(): FeatureMap | null {
    return kept?.subject === understanding.subject ? kept.answer : null;
  },
  get working(): boolean {
    return working;
  },
  /** The chosen one. */
  get method(): Method {
    return featureMap.now !== null && featureMap.now === without ? 'pca' : preferences.map;
  },
  set method(to: Method) {
    without = null;
    view = WHOLE;
    if (to !== preferences.map) void preferences.set({ map: to });
  },
  /** The one that is to be seen. */
  get shown(): Method {
    return featureMap.method === 'umap' && featureMap.umap ? 'umap' : 'pca';
  },
  /** Places by UMAP; null while there are none. */
  get umap(): Places | null {
    return kept?.subject === understanding.subject ? kept.umap : null;
  },
  /** UMAP is being made. */
  get layingOut(): boolean {
    return layingOut;
  },
  get colouring(): Colouring {
    return colouring;
  },
  set colouring(to: Colouring) {
    colouring = to;
  },
  get view(): MapView {
    return view;
  },
  set view(to: MapView) {
    view = to;
  },
  get focus(): number {
    return Math.max(0, Math.min(focus, (featureMap.now?.id.length ?? 1) - 1));
  },
  set focus(place: number) {
    focus = place;
  },
  async make(): Promise<void> {
    const { set, subject } = understanding;
    if (working || set === null) return;
    working = true;
    tried = subject;
    // Nobody waits any more for that of other pictures.
    if (layingOut) void data.cancel('map');
    try {
      kept = { subject, answer: await call('understand:map', { set, limit: MOST_PICTURES }), umap: null };
      view = WHOLE;
      focus = 0;
    } catch (error) {
      report(error);
    } finally {
      working = false;
      session.clearStage();
    }
  },
  /** UMAP of the map that is shown. */
  async layOut(): Promise<void> {
    const map = kept;
    if (layingOut || !map) return;
    layingOut = true;
    try {
      const umap = await call('understand:lay_out', { own: understanding.set === 'own', ids: map.answer.id });
      if (kept === map) kept = { ...map, umap };
      if (kept?.umap === umap && featureMap.method === 'umap') view = WHOLE;
    } catch (error) {
      // A picture has been removed since: the map is made anew, without it.
      if (error instanceof CallError && error.shape.code === 'unknown_picture' && kept === map) [kept, tried] = [null, ''];
      else {
        without = map.answer;
        report(error);
      }
    } finally {
      layingOut = false;
      session.clearStage();
    }
  },
  cancelLayingOut(): void {
    without = kept?.answer ?? null;
    void data.cancel('map');
  },
  /** What there is to be shown is made once for each model and pictures; what was cancelled is made when the person asks. */
  async keepUp(): Promise<void> {
    if (featureMap.now) {
      if (featureMap.method === 'umap' && !featureMap.umap) await featureMap.layOut();
    } else if (tried !== understanding.subject) await featureMap.make();
  }
};
