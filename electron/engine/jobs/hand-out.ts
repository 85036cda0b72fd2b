/** Pictures as files for other programs: their own, and PNGs of those that packed sets hold. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { fileName } from '../data/file-name';
import type { ProjectDataset } from '../data/project-dataset';
import { encodePng } from '../runtime/encode';

/** Of every packed set a picture is smaller. */
const WHOLE = 4096;

/**
 * @param directory takes the PNGs; made when there are some
 * @returns paths in the order of `ids`; files that are gone are left out
 * @throws TsugikiError unknown_picture; picture_missing when all files are gone
 */
export async function handOut(dataset: ProjectDataset, ids: readonly number[], directory: string, context: JobContext): Promise<string[]> {
  const classes = new Map(dataset.project.state.header.classes.map(({ id, name }) => [id, name]));
  const files: string[] = [];
  for (const id of ids) {
    await context.breathe();
    const picture = dataset.picture(id);
    if (picture.row === null) {
      const path = dataset.pathOf(picture);
      if (await access(path).then(() => true, () => false)) files.push(path);
      continue;
    }
    const { pixels, shownWidth: width, shownHeight: height } = await dataset.look(id, WHOLE, context);
    const path = join(directory, `${fileName(classes.get(picture.class) ?? '')} ${id}.png`);
    await mkdir(directory, { recursive: true });
    await writeFile(path, await encodePng({ pixels, width, height }));
    files.push(path);
  }
  const [first] = ids;
  if (files.length === 0 && first !== undefined) {
    const path = dataset.pathOf(dataset.picture(first));
    throw new TsugikiError('picture_missing', `${path} is not there any more.`, { path });
  }
  return files;
}
