/** Where the pictures lie among each other, as the model sees them. Kept until another model or other pictures are asked about. */
import type { FeatureMap } from '../../electron/contract';
import { call } from '../api';
import { type MapView, WHOLE } from '../lib/map-view';
import { session } from './session.svelte';
import { report } from './toasts.svelte';
import { understanding } from './understanding.svelte';

export const METHODS = ['umap', 'pca'] as const;
export type Method = (typeof METHODS)[number];
export const COLOURINGS = ['class', 'right'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** Pictures on the map: more would hide each other. */
const MOST_PICTURES = 1000;

let kept = $state.raw<{ subject: string; answer: FeatureMap } | null>(null);
let working = $state(false);
let tried = '';
let method = $state<Method>('umap');
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
  get method(): Method {
    return method;
  },
  set method(to: Method) {
    method = to;
    view = WHOLE;
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
    try {
      kept = { subject, answer: await call('understand:map', { set, limit: MOST_PICTURES }) };
      view = WHOLE;
      focus = 0;
    } catch (error) {
      report(error);
    } finally {
      working = false;
      session.clearStage();
    }
  },
  /** Once for each model and pictures; what was cancelled is made when the person asks. */
  async makeUnasked(): Promise<void> {
    if (!featureMap.now && tried !== understanding.subject) await featureMap.make();
  }
};
