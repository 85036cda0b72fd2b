/** Pictures on their way in, dropped or pasted. What has no class waits until the person names one. */
import type { ImportReport } from '../../electron/contract';
import { type Dropped, isRecipe, isZip } from '../lib/drop';
import { inParts } from '../lib/parts';
import { m } from '../m';
import { data } from './data.svelte';
import { opening } from './opening.svelte';
import { pictures } from './pictures.svelte';
import { place } from './place.svelte';
import { project } from './project.svelte';
import { recipeFile } from './recipe-file.svelte';
import { bytesOf } from './saving';
import { notify, report } from './toasts.svelte';

/** At most so many go over in one call. */
const BATCH = 100;

/** Pictures without a file that wait for a class. */
let files = $state.raw<readonly File[]>([]);

async function addFiles(className: string, added: readonly File[]): Promise<void> {
  const sum: ImportReport = { added: 0, already: 0, moved: 0, skipped: [], loose: 0, stopped: false };
  for (const batch of inParts(added, BATCH)) {
    const outcome = await data.add(className, await Promise.all(batch.map(bytesOf)));
    if (!outcome) return;
    sum.added += outcome.added;
    sum.already += outcome.already;
    sum.moved += outcome.moved;
    sum.skipped.push(...outcome.skipped);
  }
  data.tellImport(sum);
}

export const incoming = {
  /** Pictures that wait for a class. */
  get waiting(): number {
    return files.length + (data.loose?.count ?? 0);
  },
  /** Opens a project or a model, adds everything else to the one that is open. On Try a zip is a model. */
  async take({ project: opened, model, paths, pictures: loose }: Dropped): Promise<void> {
    if (opened === null && paths.length === 0 && loose.length === 0) return void notify(m.drop_no_path());
    const [only] = paths;
    const packed = place.now === 'try' && only !== undefined && paths.length === 1 && isZip(only) ? only : null;
    if (model ?? packed) return opening.open(model ?? packed);
    if (only !== undefined && paths.length === 1 && isRecipe(only)) return recipeFile.open(only);
    place.go('data');
    if (opened !== null) return void (await project.open(opened));
    if (paths.length > 0) await data.importPaths([...paths], null);
    if (loose.length === 0) return;
    // What is pasted while a class is looked at belongs to it.
    if (pictures.class === null) files = loose;
    else await incoming.add(pictures.className(pictures.class), loose);
  },
  async add(className: string, added: readonly File[]): Promise<void> {
    try {
      await addFiles(className, added);
    } catch (error) {
      report(error);
    }
  },
  /** The class of all that wait. */
  async name(className: string): Promise<void> {
    const [waiting, paths] = [files, data.loose?.paths];
    incoming.dismiss();
    if (paths) await data.importPaths(paths, className);
    if (waiting.length > 0) await incoming.add(className, waiting);
  },
  /** What waits stays out. */
  dismiss(): void {
    files = [];
    data.loose = null;
  }
};
