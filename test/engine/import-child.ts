/** A process whose memory is watched: makes a project of a folder, loads all of its pictures, and says what it took. */
import { quietContext } from '../../electron/engine/context';
import { createProject } from '../../electron/engine/data/open';

const [, , folder = '', directory = '', size = '32'] = process.argv;

async function measure(): Promise<void> {
  const began = performance.now();
  const dataset = await createProject(directory, 'many', { kind: 'path', path: folder }, quietContext());
  const imported = (performance.now() - began) / 1000;
  const importMiB = process.resourceUsage().maxRSS / 1024;
  const { trainCount, skipped } = dataset.summary;
  const { count } = await dataset.load('train', Number(size), quietContext());
  dataset.close();
  console.log(JSON.stringify({ trainCount, skipped: skipped.length, count, imported, loaded: (performance.now() - began) / 1000, importMiB, peakMiB: process.resourceUsage().maxRSS / 1024 }));
}

void measure();
