/** Work that is done once, until it is forgotten. */
import { expect, it } from 'vitest';
import { Once } from '../../electron/main/once';

/** Work whose end the test decides. */
function held(told: string[], name: string): { work: () => Promise<void>; end: (error?: Error) => void } {
  let end: (error?: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
  return { work: () => (told.push(name), ended), end };
}

it('is done once, and again when it has failed or was forgotten', async () => {
  const told: string[] = [];
  const [failing, good, anew] = [held(told, 'failing'), held(told, 'good'), held(told, 'anew')];
  const once = new Once();
  const both = [once.do(failing.work), once.do(good.work)];
  failing.end(new Error('full'));
  await Promise.all(both.map((one) => expect(one).rejects.toThrow('full')));
  good.end();
  await once.do(good.work);
  await once.do(anew.work);
  once.forget();
  anew.end();
  await once.do(anew.work);
  expect(told).toEqual(['failing', 'good', 'anew']);
});

it.each([['came to its end', undefined], ['failed', new Error('gone')]])('begins anew only when what was forgotten has %s', async (_, error) => {
  const told: string[] = [];
  const [old, anew] = [held(told, 'old'), held(told, 'anew')];
  const once = new Once();
  const first = once.do(old.work).catch(() => undefined);
  once.forget();
  anew.end();
  const second = once.do(anew.work);
  expect(once.started).toBe(true);
  expect(told).toEqual(['old']);
  old.end(error);
  await Promise.all([first, second]);
  expect(told).toEqual(['old', 'anew']);
});
