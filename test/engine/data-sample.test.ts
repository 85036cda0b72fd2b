import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import { openPacked } from '../../electron/engine/data/packed-sets';
import { jpeg, plain, recordingContext, temporaryFolder } from './fixtures';

const resources = temporaryFolder();
const before = process.env['TSUGIKI_RESOURCES'];
beforeAll(() => void (process.env['TSUGIKI_RESOURCES'] = resources));
afterAll(() => {
  if (before === undefined) delete process.env['TSUGIKI_RESOURCES'];
  else process.env['TSUGIKI_RESOURCES'] = before;
});

const pack = (files: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    files.flatMap((file) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(file.length);
      return [length, file];
    })
  );
const write = (name: string, content: Uint8Array | string) => {
  mkdirSync(join(resources, 'sample'), { recursive: true });
  writeFileSync(join(resources, 'sample', name), content);
};
const open = () => openPacked({ kind: 'sample' }, quietContext());

describe('the sample', () => {
  it('is unpacked from labels.json and its packs', async () => {
    const train = [await jpeg(plain(48, 48, 250, 0, 0)), await jpeg(plain(48, 48, 0, 250, 0)), await jpeg(plain(48, 48, 0, 0, 250))];
    write('labels.json', JSON.stringify({ classNames: ['leaf', 'stone'], size: 48, train: [1, 0, 1], test: [0] }));
    write('train.jpg-pack', pack(train));
    write('test.jpg-pack', pack(train.slice(0, 1)));
    const sample = await open();
    expect(sample).toMatchObject({ name: 'Sample', classNames: ['leaf', 'stone'], testedOn: 'test', size: 48 });
    expect([...(await sample.load('test', quietContext())).labels]).toEqual([0]);
    const { pixels, labels, height } = await sample.load('train', quietContext());
    expect([height, ...labels]).toEqual([48, 1, 0, 1]);
    const middle = (i: number) => [...pixels.subarray((i * 48 * 48 + 24 * 48 + 24) * 3).subarray(0, 3)].map((value) => Math.round(value / 125) * 125);
    expect([middle(0), middle(1), middle(2)]).toEqual([[250, 0, 0], [0, 250, 0], [0, 0, 250]]);
  });

  it('that is incomplete says so', async () => {
    write('train.jpg-pack', pack([await jpeg(plain(48, 48, 1, 1, 1))]));
    await expect(open()).rejects.toThrow(/train\.jpg-pack ends after 1 of 3 pictures/);
    const narrow = await jpeg(plain(40, 48, 1, 1, 1));
    write('train.jpg-pack', pack([narrow, narrow, narrow]));
    const sample = await open();
    await expect(sample.load('train', quietContext())).rejects.toThrow(/picture 1 of train\.jpg-pack is 40 x 48, not 48 x 48/);
  });

  it('is decoded once, and again after a stopped attempt', async () => {
    const colours = Array.from({ length: 60 }, (_, i) => plain(4, 4, i, i, i));
    write('labels.json', JSON.stringify({ classNames: ['leaf', 'stone'], size: 4, train: colours.map(() => 0), test: [] }));
    write('train.jpg-pack', pack(await Promise.all(colours.map(jpeg))));
    write('test.jpg-pack', '');
    const sample = await open();
    expect(sample.testedOn).toBe('validation');
    const { context, control } = recordingContext();
    control.stop();
    await expect(sample.load('train', context)).rejects.toMatchObject({ code: 'stopped' });
    const set = await sample.load('train', quietContext());
    expect(set).toMatchObject({ count: 60, height: 4, width: 4 });
    expect(await sample.load('train', quietContext())).toBe(set);
    expect((await sample.load('test', quietContext())).count).toBe(0);
  });
});
