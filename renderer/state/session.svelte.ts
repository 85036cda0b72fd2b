/** The run as main tells it, kept by the same pure function main uses. */
import { advance, emptySession, type DataSummary, type Progress, type Recipe, type Session } from '../../electron/contract';

/** Progress may come hundreds of times a second; the window redraws at most this often (milliseconds). */
const FLUSH_EVERY = 40;

let current = $state.raw<Session>(emptySession());
let waiting: Progress[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

function flush(): void {
  timer = null;
  const batch = waiting;
  waiting = [];
  current = batch.reduce(advance, current);
}

export const session = {
  get now(): Session {
    return current;
  },
  /** Takes over main's copy, for instance after a reload. */
  adopt(kept: Session): void {
    waiting = [];
    current = kept;
  },
  hear(progress: Progress): void {
    waiting.push(progress);
    timer ??= setTimeout(flush, FLUSH_EVERY);
  },
  setData(data: DataSummary | null): void {
    current = { ...current, data };
  },
  setRecipe(recipe: Recipe): void {
    current = { ...current, recipe };
  },
  clearStage(): void {
    current = { ...current, stage: null };
  }
};
