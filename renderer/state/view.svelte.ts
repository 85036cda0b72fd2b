/** What the Train page shows in its middle: the run's curves, all runs, the Keras code, or what is being set for one phase. */
export const OVERVIEWS = ['curves', 'runs', 'code'] as const;
export type Overview = (typeof OVERVIEWS)[number];
export type View = { readonly kind: Overview } | { readonly kind: 'pictures' | 'rates'; readonly phase: number };

const CURVES: View = { kind: 'curves' };

let current = $state.raw<View>(CURVES);

export const view = {
  get now(): View {
    return current;
  },
  show(kind: 'pictures' | 'rates', phase: number): void {
    current = { kind, phase };
  },
  open(kind: Overview): void {
    current = { kind };
  },
  close(): void {
    current = CURVES;
  }
};
