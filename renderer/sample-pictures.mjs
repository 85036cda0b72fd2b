/** Vite plugin: `virtual:sample-pictures` is one picture of each class of the sample, as addresses for <img>. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'virtual:sample-pictures';

/**
 * @param {string} folder resources/sample
 * @returns {import('vite').Plugin}
 */
export function samplePictures(folder) {
  return {
    name: 'sample-pictures',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      const { classNames, test } = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
      const pack = readFileSync(join(folder, 'test.jpg-pack'));
      const found = new Map();
      // JPEG files one after the other, each behind its length.
      for (let at = 0, i = 0; i < test.length && found.size < classNames.length; i++) {
        const end = at + 4 + pack.readUInt32LE(at);
        if (!found.has(test[i])) found.set(test[i], `data:image/jpeg;base64,${pack.subarray(at + 4, end).toString('base64')}`);
        at = end;
      }
      return `export default ${JSON.stringify([...found.values()])};`;
    }
  };
}
