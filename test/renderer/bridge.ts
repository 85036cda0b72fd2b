/** A main that answers as a test says, behind the window's own bridge. */
import { vi } from 'vitest';
import { type CallInput, type CallName, type CallResults, type DataSummary, type Envelope, type ProjectSummary, toErrorShape } from '../../electron/contract';

export type Answers = { [K in CallName]?: (input: CallInput<K>) => CallResults[K] | Promise<CallResults[K]> };

/** @returns what was asked, in order */
export function answer(answers: Answers): { name: CallName; input: unknown }[] {
  const asked: { name: CallName; input: unknown }[] = [];
  const call = async (name: CallName, input: unknown): Promise<Envelope<unknown>> => {
    asked.push({ name, input: structuredClone(input) });
    try {
      const known = answers[name] as ((input: unknown) => unknown) | undefined;
      if (!known) throw new Error(`Nobody said what ${name} answers.`);
      return { ok: true, value: await known(input) };
    } catch (error) {
      return { ok: false, error: toErrorShape(error) };
    }
  };
  vi.stubGlobal('window', { tsugiki: { call, on: () => () => undefined, pathOf: () => '' } });
  return asked;
}

export const projectSummary = (part: Partial<ProjectSummary> = {}): ProjectSummary => ({
  directory: '/projects/pets', revision: 1,
  classes: [
    { id: 0, name: 'cat', train: 6, validation: 1, test: 2, excluded: 1 },
    { id: 3, name: 'dog', train: 3, validation: 0, test: 1, excluded: 0 }
  ],
  splits: { order: 'given', seed: 0, testShare: 0 }, undo: null, redo: null, missing: [], changed: [], ...part
});

export const dataSummary = (part: Partial<DataSummary> = {}): DataSummary => ({
  source: { kind: 'project', path: '/projects/pets' }, name: 'pets', classNames: ['cat', 'dog'], classCounts: [6, 3], trainCount: 9, validationCount: 1, testCount: 3,
  testedOn: 'test', pictureSize: null, skipped: [], project: projectSummary(), ...part
});
