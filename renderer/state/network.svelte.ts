/** The network as the recipe asks for it, described by the engine whenever alpha, size, classes or head change. */
import type { CallInput, NetworkInfo } from '../../electron/contract';
import { call } from '../api';
import { recipe } from './recipe.svelte';
import { session } from './session.svelte';
import { report } from './toasts.svelte';

/** What the tutorial has, until data says otherwise. */
const DEFAULT_CLASSES = 10;

let info = $state.raw<NetworkInfo | null>(null);
let asked = 0;

async function describe(wish: CallInput<'network:describe'>): Promise<void> {
  const turn = ++asked;
  try {
    const answer = await call('network:describe', wish);
    // A later wish may have overtaken this one.
    if (turn === asked) info = answer;
  } catch (error) {
    if (turn === asked) report(error);
  }
}

export const network = {
  get info(): NetworkInfo | null {
    return info;
  },
  /** Asks again whenever the wish changes; call once, while a component is being set up. */
  follow(): void {
    const wish = $derived(
      JSON.stringify({
        alpha: recipe.now.alpha,
        inputSize: recipe.now.inputSize,
        classes: session.now.data?.classNames.length || DEFAULT_CLASSES,
        head: recipe.now.head
      })
    );
    $effect(() => void describe(JSON.parse(wish) as CallInput<'network:describe'>));
  }
};
