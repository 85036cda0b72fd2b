/** Classes and parts from paths alone. */
import { describe, expect, it } from 'vitest';
import { asClassName, layOut } from '../../electron/engine/data/import/layout';

/** "file -> class part" of each picture. */
const laidOut = (...files: string[]) => layOut(files).map(({ file, className, part }) => `${file} -> ${className ?? '?'}${part ? ` ${part}` : ''}`);

describe('where pictures lie says', () => {
  it('their class: the folder, however deep inside it', () => {
    expect(laidOut('cat/1.png', 'cat/close/deep/2.png', 'dog/1.png')).toEqual(['cat/1.png -> cat', 'cat/close/deep/2.png -> cat', 'dog/1.png -> dog']);
    expect(laidOut('cat/1.png')).toEqual(['cat/1.png -> cat']);
  });

  it('that they are loose, where there are no class folders, or beside these', () => {
    expect(laidOut('1.png', '2.png')).toEqual(['1.png -> ?', '2.png -> ?']);
    expect(laidOut('1.png', 'cat/2.png', 'dog/3.png')).toEqual(['1.png -> ?', 'cat/2.png -> cat', 'dog/3.png -> dog']);
    expect(laidOut()).toEqual([]);
  });

  it('their class through wrappers of one folder', () => {
    expect(laidOut('pets/cat/1.png', 'pets/dog/1.png')).toEqual(['pets/cat/1.png -> cat', 'pets/dog/1.png -> dog']);
    expect(laidOut('a/b/cat/1.png', 'a/b/dog/1.png', 'a/b/2.png')).toEqual(['a/b/cat/1.png -> cat', 'a/b/dog/1.png -> dog', 'a/b/2.png -> ?']);
    // One class, of which some pictures lie deeper.
    expect(laidOut('cat/1.png', 'cat/close/2.png')).toEqual(['cat/1.png -> cat', 'cat/close/2.png -> cat']);
  });

  it.each([
    ['train', 'train'], ['Training', 'train'], ['val', 'validation'], ['VALID', 'validation'], ['Validation', 'validation'], ['test', 'test'], ['Testing', 'test']
  ])('their part: %s', (folder, part) => {
    expect(laidOut(`${folder}/cat/1.png`, `${folder}/dog/2.png`)).toEqual([`${folder}/cat/1.png -> cat ${part}`, `${folder}/dog/2.png -> dog ${part}`]);
  });

  it('part and class together, in a wrapper or not; what lies beside or straight in a part is loose', () => {
    expect(laidOut('x/train/cat/1.png', 'x/val/dog/a/2.png', 'x/test/3.png', 'x/4.png', 'x/docs/5.png')).toEqual([
      'x/train/cat/1.png -> cat train', 'x/val/dog/a/2.png -> dog validation', 'x/test/3.png -> ? test', 'x/4.png -> ?', 'x/docs/5.png -> ?'
    ]);
    expect(laidOut('train/cat.0.png', 'test/1.png')).toEqual(['train/cat.0.png -> ? train', 'test/1.png -> ? test']);
  });

  it('that a class is called "train": it holds pictures, and lies among others', () => {
    expect(laidOut('bus/1.png', 'train/1.png', 'tram/1.png')).toEqual(['bus/1.png -> bus', 'train/1.png -> train', 'tram/1.png -> tram']);
  });

  it('the class of Teachable Machine\'s samples by their names', () => {
    expect(laidOut('Class 1-!-0.jpg', 'a-!-b-!-12.png', 'Class 1.jpg', 'cat/x-!-1.jpg', 'dog/1.jpg')).toEqual([
      'Class 1-!-0.jpg -> Class 1', 'a-!-b-!-12.png -> a-!-b', 'Class 1.jpg -> ?', 'cat/x-!-1.jpg -> cat', 'dog/1.jpg -> dog'
    ]);
  });
});

it('a class\'s name is a folder\'s with accents in one way of writing, on one line, of at most 200 signs', () => {
  expect(asClassName('nu\u0308sse')).toBe('n\u00fcsse');
  expect(asClassName(' a\nb\tc ')).toBe('a b c');
  expect(asClassName('x'.repeat(255))).toHaveLength(200);
  expect(asClassName('😺'.repeat(120))).toBe('😺'.repeat(100));
  expect(asClassName(' \n ')).toBeNull();
});
