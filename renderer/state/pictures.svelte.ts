/** Which pictures the grid is told to show from elsewhere: those of a finding, of a doubt, of a place. */

export interface Shown {
  readonly ids: readonly number[];
  /** What they are: "near duplicates". */
  readonly title: string;
}

let shown = $state.raw<Shown | null>(null);

export const pictures = {
  /** Null: all of the project. */
  get shown(): Shown | null {
    return shown;
  },
  show(ids: readonly number[] | null, title = ''): void {
    shown = ids && { ids, title };
  }
};
