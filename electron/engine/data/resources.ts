/** The folder of files that come with the app: sample data, embedded backbone. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TsugikiError } from '../../contract';

/** TSUGIKI_RESOURCES, else `resources/` in the nearest folder above this code, else above the working directory. */
export function resourcesDirectory(): string {
  const given = process.env['TSUGIKI_RESOURCES'];
  if (given) return resolve(given);
  for (const start of [__dirname, process.cwd()]) {
    for (let folder = start; ; folder = dirname(folder)) {
      const candidate = join(folder, 'resources');
      if (existsSync(join(candidate, 'sample')) || existsSync(join(candidate, 'backbone'))) return candidate;
      if (dirname(folder) === folder) break;
    }
  }
  throw new TsugikiError('resources_missing', 'The files that come with Tsugiki (folder "resources") are missing. Install it again.');
}
