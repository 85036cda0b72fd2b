/** What is told of an import. */
import { afterEach, describe, expect, it } from 'vitest';
import { because, type ImportReport } from '../../electron/contract';
import { importSentence } from '../../renderer/lib/importing';
import { preferences } from '../../renderer/state/preferences.svelte';

const outcome = (part: Partial<ImportReport>): ImportReport => ({ added: 0, already: 0, moved: 0, skipped: [], loose: 0, stopped: false, ...part });
const skipped = Array.from({ length: 5 }, (_, i) => ({ file: `${i}.jpg`, reason: because('empty', 'It is empty.') }));

afterEach(() => preferences.adopt({ locale: 'en', theme: 'system' }));

describe('an import', () => {
  it('tells what came in, what was there and what stays out', () => {
    expect(importSentence(outcome({ added: 1204, already: 3, skipped }))).toBe('1,204 pictures added, 3 already there, 5 left out.');
    preferences.adopt({ locale: 'ja', theme: 'system' });
    expect(importSentence(outcome({ added: 1204, already: 3, skipped })).replaceAll('\u200b', '')).toBe('1,204 枚を追加、3 枚は追加済み、5 個を除外。');
  });

  it('does not tell what there was none of', () => {
    expect(importSentence(outcome({ added: 1 }))).toBe('1 picture added.');
  });

  it('tells apart what was there and what of it was put right', () => {
    expect(importSentence(outcome({ added: 2, already: 3, moved: 1 }))).toBe('2 pictures added, 1 put right, 2 already there.');
  });

  it('says that it was stopped, and that nothing is lost', () => {
    expect(importSentence(outcome({ added: 12, stopped: true }))).toBe('Stopped: 12 pictures added. What is in stays.');
  });
});
