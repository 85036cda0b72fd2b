/** Wrong answers put right: what the person has said, and what the model has yet to learn. */
import { beforeEach, describe, expect, it } from 'vitest';
import { emptySession, type ProjectSummary } from '../../electron/contract';
import { corrections } from '../../renderer/state/corrections.svelte';
import { data } from '../../renderer/state/data.svelte';
import { session } from '../../renderer/state/session.svelte';
import { toasts } from '../../renderer/state/toasts.svelte';
import { answer, dataSummary, projectSummary } from './bridge';

const file = (key: string) => ({ key, path: key, name: key, bytes: null });
const pasted = (key: string) => ({ key, path: null, name: `${key}.png`, bytes: Uint8Array.of(1, 2, 3) });

const movedOne = { kind: 'move', count: 1, name: 'dog' } as const;
const imported = { kind: 'import', count: 1, name: '' } as const;
const summary = (part: Partial<ProjectSummary>) => dataSummary({ project: projectSummary(part) });
const outcome = (added: number, already = 0, moved = 0) => ({ summary: summary({ undo: moved > 0 ? movedOne : imported, redo: null }), report: { added, already, moved, skipped: [], loose: 0, stopped: false } });

let tests = 0;
let asked: ReturnType<typeof answer>;
/** A project that can undo its last import, and a model that has learned nothing of it yet. */
beforeEach(() => {
  asked = answer({
    'data:import': ({ paths }) => (paths.includes('/known.png') ? outcome(0, 1) : paths.includes('/in.png') ? outcome(0, 1, 1) : outcome(paths.length)),
    'data:add': ({ pictures }) => outcome(pictures.length),
    'data:undo': () => summary({ undo: null, redo: imported }),
    'data:redo': () => summary({ undo: imported, redo: null })
  });
  session.adopt({ ...emptySession(), data: summary({}), runId: `run ${tests++}` });
});

describe('corrections', () => {
  it('go to the data set under the class that was named', async () => {
    await corrections.make([file('/a.png'), file('/b.png')], 'dog');
    await corrections.make([pasted('blob:1')], 'cat');
    expect(asked).toEqual([
      { name: 'data:import', input: { paths: ['/a.png', '/b.png'], className: 'dog', corrects: true } },
      { name: 'data:add', input: { className: 'cat', pictures: [{ name: 'blob:1.png', bytes: Uint8Array.of(1, 2, 3) }], corrects: true } }
    ]);
    expect(['/a.png', '/b.png', 'blob:1', '/none.png'].map(corrections.of)).toEqual(['dog', 'dog', 'cat', null]);
    expect(corrections.waiting).toBe(3);
  });

  it('are no longer said once they are undone, and again once redone', async () => {
    await corrections.make([file('/c.png')], 'dog');
    await corrections.make([file('/d.png')], 'dog');
    await data.undo();
    expect([corrections.of('/c.png'), corrections.of('/d.png'), corrections.waiting]).toEqual(['dog', null, 1]);
    await data.redo();
    expect([corrections.of('/d.png'), corrections.waiting]).toEqual(['dog', 2]);
    await data.undo();
    await corrections.make([file('/d.png')], 'cat');
    expect([corrections.of('/d.png'), corrections.waiting]).toEqual(['cat', 2]);
  });

  it('of pictures with and without a file are made together, and one that is put right twice is one', async () => {
    await corrections.make([file('/f.png'), pasted('blob:2'), pasted('blob:3')], 'dog');
    expect(asked.map(({ name }) => name)).toEqual(['data:import', 'data:add']);
    expect(['/f.png', 'blob:2', 'blob:3'].map(corrections.of)).toEqual(['dog', 'dog', 'dog']);
    await corrections.make([pasted('blob:3')], 'cat');
    expect([corrections.of('blob:3'), corrections.waiting]).toEqual(['cat', 3]);
  });

  it('wait to be learned until there is another run', async () => {
    await corrections.make([file('/e.png')], 'dog');
    expect(corrections.waiting).toBe(1);
    session.adopt({ ...session.now, runId: 'another' });
    expect([corrections.of('/e.png'), corrections.waiting]).toEqual(['dog', 0]);
  });

  it('of a picture that is in the data set move it, tell it, and are undone with it', async () => {
    await corrections.make([file('/in.png')], 'dog');
    expect([corrections.of('/in.png'), corrections.waiting]).toEqual(['dog', 1]);
    expect(toasts.list.at(-1)).toMatchObject({ text: 'Moved 1 picture to dog', actions: [{ label: 'Undo' }] });
    session.setData(summary({ undo: null, redo: movedOne }));
    expect([corrections.of('/in.png'), corrections.waiting]).toEqual([null, 0]);
    session.setData(summary({ undo: movedOne, redo: null }));
    expect(corrections.of('/in.png')).toBe('dog');
    // Something else was undone.
    session.setData(summary({ undo: movedOne, redo: { ...movedOne, name: 'cat' } }));
    expect(corrections.of('/in.png')).toBe('dog');
  });

  it('of a picture that is there already under this class add nothing to learn', async () => {
    await corrections.make([file('/known.png')], 'dog');
    expect([corrections.of('/known.png'), corrections.waiting]).toEqual(['dog', 0]);
  });
});
