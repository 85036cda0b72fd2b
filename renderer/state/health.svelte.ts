/** What is wrong with the pictures, as found by the engine: damage and copies, and labels that a model doubts. */
import type { HealthReport, LabelDoubt, LabelDoubts } from '../../electron/contract';
import { call } from '../api';
import { data } from './data.svelte';
import { session } from './session.svelte';
import { report } from './toasts.svelte';

/** An answer, and the project that it is about. */
interface About<T> {
  readonly directory: string | null;
  readonly answer: T;
}

/** Up to so many pictures are looked through unasked. */
const UNASKED = 5000;

let health = $state.raw<About<HealthReport> | null>(null);
let doubts = $state.raw<About<LabelDoubts> | null>(null);
/** Doubts that the person has settled by keeping the class, until the app is closed. */
let kept = $state.raw<readonly number[]>([]);
let working = $state<'health' | 'doubts' | null>(null);
/** What was looked through unasked last: a project's directory and revision. */
let tried = '';

const own = <T>(about: About<T> | null): T | null => (about && about.directory === (data.project?.directory ?? null) ? about.answer : null);

/** @returns null when it was stopped or failed */
async function look<T>(what: 'health' | 'doubts', ask: () => Promise<T>): Promise<About<T> | null> {
  if (working !== null || data.busy || !data.project) return null;
  const { directory } = data.project;
  working = what;
  try {
    return { directory, answer: await ask() };
  } catch (error) {
    report(error);
    return null;
  } finally {
    working = null;
    session.clearStage();
  }
}

export const checks = {
  /** What is being looked for, of the two. */
  get working(): 'health' | 'doubts' | null {
    return working;
  },
  get health(): HealthReport | null {
    return own(health);
  },
  /** The pictures have changed since. */
  get outdated(): boolean {
    const found = own(health);
    return found !== null && found.revision !== data.project?.revision;
  },
  async check(): Promise<void> {
    health = (await look('health', () => call('data:health', undefined))) ?? health;
  },
  /** After an import of not too many pictures, once. */
  async checkUnasked(): Promise<void> {
    const { project } = data;
    if (!project || project.undo?.kind !== 'import' || project.undo.count > UNASKED) return;
    const now = `${project.directory} ${project.revision}`;
    if (now === tried) return;
    tried = now;
    if (own(health)?.revision !== project.revision) await checks.check();
  },
  /** Null before they were looked for. */
  get doubts(): readonly LabelDoubt[] | null {
    return own(doubts)?.doubts.filter(({ id }) => !kept.includes(id)) ?? null;
  },
  /** Pictures that were asked about. */
  get doubted(): number {
    return own(doubts)?.checked ?? 0;
  },
  /** How often the model names a picture as it is named, 0..1. */
  get agreement(): number {
    return own(doubts)?.agreement ?? 0;
  },
  async findDoubts(): Promise<void> {
    doubts = (await look('doubts', () => call('data:label_doubts', undefined))) ?? doubts;
  },
  keep(id: number): void {
    kept = [...kept, id];
  },
  /** The model was right. */
  async move({ id, suggested }: LabelDoubt): Promise<void> {
    if (await data.edit({ kind: 'move', pictures: [id], class: suggested })) checks.keep(id);
  }
};
