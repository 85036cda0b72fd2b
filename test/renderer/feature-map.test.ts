/** The map's state: PCA at once, UMAP when it is ready, and what the person chose, cancelled or removed meanwhile. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Places, StoppedError, TsugikiError, emptySession } from '../../electron/contract';
import { featureMap } from '../../renderer/state/feature-map.svelte';
import { preferences } from '../../renderer/state/preferences.svelte';
import { session } from '../../renderer/state/session.svelte';
import { toasts } from '../../renderer/state/toasts.svelte';
import { understanding } from '../../renderer/state/understanding.svelte';
import { type Answers, answer, dataSummary } from './bridge';

const places = (...x: number[]): Places => ({ x: Float32Array.from(x), y: Float32Array.from(x) });
const mapOf = (...ids: number[]) => ({ id: Int32Array.from(ids), label: new Int32Array(ids.length), predicted: new Int32Array(ids.length), pca: { ...places(...ids), explained: 0.4 }, of: ids.length });

/** An answer that comes when the test says so. */
function later<T>(): { answer: () => Promise<T>; give: (value: T) => void; refuse: (error: Error) => void } {
  let [give, refuse]: [(value: T) => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<T>((resolve, reject) => ([give, refuse] = [resolve, reject]));
  return { answer: () => promise, give: (value) => give(value), refuse: (error) => refuse(error) };
}

let runs = 0;
const main = (answers: Answers) => answer({ 'understand:map': () => mapOf(7, 8, 9), 'preferences:set': (wish) => ({ locale: 'en', theme: 'system', map: 'umap', ...wish }), 'job:cancel': () => null, ...answers });

describe('the map', () => {
  beforeEach(() => {
    preferences.adopt({ locale: 'en', theme: 'system', map: 'umap' });
    session.adopt({ ...emptySession(), data: dataSummary(), model: `/projects/pets/runs/${++runs}/model` });
  });
  afterEach(() => {
    for (const { id } of [...toasts.list]) toasts.dismiss(id);
    vi.unstubAllGlobals();
  });

  it('shows PCA until UMAP is there, which is asked for once', async () => {
    const umap = later<Places>();
    const asked = main({ 'understand:lay_out': umap.answer });
    await featureMap.keepUp();
    expect([featureMap.method, featureMap.shown]).toEqual(['umap', 'pca']);
    const working = featureMap.keepUp();
    expect(featureMap.layingOut).toBe(true);
    await featureMap.keepUp();
    featureMap.view = { zoom: 4, x: 0.5, y: 0.5 };
    umap.give(places(1, 2, 3));
    await working;
    expect([featureMap.shown, featureMap.layingOut, featureMap.view.zoom]).toEqual(['umap', false, 1]);
    expect(featureMap.umap?.x).toEqual(Float32Array.of(1, 2, 3));
    await featureMap.keepUp();
    expect(asked).toEqual([
      { name: 'understand:map', input: { set: 'test', limit: 1000 } },
      { name: 'understand:lay_out', input: { own: false, ids: Int32Array.of(7, 8, 9) } }
    ]);
  });

  it('is no UMAP for those who chose PCA, who are asked no more', async () => {
    const asked = main({ 'understand:lay_out': () => places(1, 2, 3) });
    featureMap.method = 'pca';
    await featureMap.keepUp();
    await featureMap.keepUp();
    expect(asked.map(({ name }) => name)).toEqual(['preferences:set', 'understand:map']);
    expect(asked[0]?.input).toEqual({ map: 'pca' });
    featureMap.method = 'umap';
    await featureMap.keepUp();
    expect(featureMap.shown).toBe('umap');
    expect(preferences.map).toBe('umap');
  });

  it('stays PCA when UMAP is cancelled or fails, until it is asked for again', async () => {
    const cancelled = later<Places>();
    const asked = main({ 'understand:lay_out': cancelled.answer });
    await featureMap.keepUp();
    const working = featureMap.keepUp();
    featureMap.cancelLayingOut();
    cancelled.refuse(new StoppedError());
    await working;
    expect(asked.at(-1)).toEqual({ name: 'job:cancel', input: { job: 'map' } });
    expect([featureMap.method, preferences.map, toasts.list.length]).toEqual(['pca', 'umap', 0]);
    await featureMap.keepUp();
    expect(asked).toHaveLength(3);
    main({ 'understand:lay_out': () => Promise.reject(new TsugikiError('never_heard_of', 'It does not fit.')) });
    featureMap.method = 'umap';
    await featureMap.keepUp();
    expect([featureMap.method, ...toasts.list.map(({ text }) => text)]).toEqual(['pca', 'It does not fit.']);
  });

  it('is made anew when a picture of it has been removed', async () => {
    main({ 'understand:lay_out': () => Promise.reject(new TsugikiError('unknown_picture', 'There is no picture 8.', { id: 8 })) });
    await featureMap.keepUp();
    await featureMap.keepUp();
    expect([featureMap.now, toasts.list.length]).toEqual([null, 0]);
    main({ 'understand:map': () => mapOf(7, 9), 'understand:lay_out': () => places(1, 2) });
    await featureMap.keepUp();
    await featureMap.keepUp();
    expect([featureMap.now?.id.length, featureMap.shown]).toEqual([2, 'umap']);
  });

  it('of another model does not wait for that of the one before', async () => {
    const old = later<Places>();
    const asked = main({ 'understand:lay_out': old.answer });
    await featureMap.keepUp();
    const working = featureMap.keepUp();
    session.adopt({ ...session.now, model: `/projects/pets/runs/${++runs}/model` });
    expect([featureMap.now, understanding.set]).toEqual([null, 'test']);
    await featureMap.keepUp();
    expect(asked.map(({ name }) => name)).toEqual(['understand:map', 'understand:lay_out', 'job:cancel', 'understand:map']);
    old.refuse(new StoppedError());
    await working;
    main({ 'understand:lay_out': () => places(4, 5, 6) });
    await featureMap.keepUp();
    expect([featureMap.shown, featureMap.umap?.x[0]]).toEqual(['umap', 4]);
  });
});
