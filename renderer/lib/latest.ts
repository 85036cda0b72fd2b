/** Questions asked faster than they are answered: one at a time, and of those that came meanwhile only the last. */

/**
 * @param ask answers one wish; @param show takes an answer, in the order of the wishes; @param fail takes what `ask` throws, unless a later wish is waiting
 * @returns tells a wish; the first is asked at once
 */
export function latest<W, A>(ask: (wish: W) => Promise<A>, show: (answer: A) => void, fail: (error: unknown) => void): (wish: W) => void {
  let waiting: { wish: W } | null = null;
  let asking = false;

  async function work(): Promise<void> {
    asking = true;
    while (waiting) {
      const { wish } = waiting;
      waiting = null;
      try {
        show(await ask(wish));
      } catch (error) {
        if (!waiting) fail(error);
      }
    }
    asking = false;
  }

  return (wish) => {
    waiting = { wish };
    if (!asking) void work();
  };
}
