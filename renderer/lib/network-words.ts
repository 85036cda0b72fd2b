/** What the Network page calls what it shows. */
import type { Phase } from '../../electron/contract';
import { m } from '../m';
import type { Basis } from '../state/cost.svelte';
import type { Keeping } from './keeping';
import type { BlockState } from './trainable';

const STATES: Record<BlockState, () => string> = { frozen: m.block_state_frozen, partly: m.block_state_partly, learning: m.block_state_learning };
export const blockStateName = (state: BlockState): string => STATES[state]();

/** Where the line stands. */
export function lineName(phase: Phase): string {
  if (phase.trainable) return m.from_list();
  if (phase.trainableFrom === null) return m.freeze_line_none();
  return phase.trainableFrom === 'all' ? m.freeze_line_all() : m.freeze_line_from({ layer: phase.trainableFrom });
}

/** What becomes of the frozen part, short. */
export function keepingName(keeping: Exclude<Keeping, 'open'>): string {
  const names: Record<Exclude<Keeping, 'open'>, () => string> = { kept: m.keeping_kept, variants: m.keeping_variants, anew: m.keeping_anew, too_large: m.keeping_too_large };
  return names[keeping]();
}

export interface Kept {
  readonly keeping: Keeping;
  /** What is kept, or would have to be, in words. */
  readonly room: string;
  readonly variants: number;
  /** Where an earlier phase has kept it: its number, and whether this phase takes it further. */
  readonly before: { readonly number: number; readonly further: boolean } | null;
}

/** The same in a sentence; null where nothing is frozen. */
export function keepingSentence({ keeping, room, variants, before }: Kept): string | null {
  if (keeping === 'open') return null;
  if (keeping === 'anew') return m.augment_plan_anew();
  if (keeping === 'too_large') return m.keeping_too_large_hint({ room });
  if (before) return before.further ? m.keeping_further_hint({ phase: before.number }) : m.keeping_before_hint({ phase: before.number });
  return keeping === 'variants' ? m.augment_plan_variants({ count: variants }) : m.keeping_kept_hint({ room });
}

/** Where a figure comes from. */
export function basisName(basis: Basis): string {
  const names: Record<Basis, () => string> = { guess: m.basis_guess, reckoned: m.basis_reckoned, measured: m.basis_measured };
  return names[basis]();
}
