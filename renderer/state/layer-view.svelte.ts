/** What is looked at through a layer: the same picture from layer to layer. */

let chosen = $state<number | null>(null);
let first = $state(0);
let trained = $state(false);

export const layerView = {
  /** Id of the picture; null for the first of those that are offered. */
  get picture(): number | null {
    return chosen;
  },
  set picture(id: number | null) {
    chosen = id;
  },
  /** Position of the first picture that is offered. */
  get first(): number {
    return first;
  },
  set first(position: number) {
    first = position;
  },
  /** With the trained model's weights, where it is the recipe's network. */
  get trained(): boolean {
    return trained;
  },
  set trained(on: boolean) {
    trained = on;
  }
};
