/** What the Train page shows in its middle: the run's curves, or what is being set for one phase. */
export type View = { readonly kind: 'curves' } | { readonly kind: 'pictures' | 'rates'; readonly phase: number };

const CURVES: View = { kind: 'curves' };

let current = $state.raw<View>(CURVES);

export const view = {
  get now(): View {
    return current;
  },
  show(kind: 'pictures' | 'rates', phase: number): void {
    current = { kind, phase };
  },
  close(): void {
    current = CURVES;
  }
};
