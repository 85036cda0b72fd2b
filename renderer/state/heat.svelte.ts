/** How heatmaps are looked at: the same from picture to picture. */

let opacity = $state(0.6);

export const heat = {
  /** Of the heat over the picture, 0..1. */
  get opacity(): number {
    return opacity;
  },
  set opacity(share: number) {
    opacity = share;
  }
};
