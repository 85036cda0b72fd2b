/** `classify`: pictures, one by one or whole folders, to their five most probable classes; as a table, and as copies sorted by them. */
import { stat } from 'node:fs/promises';
import { type SortedCopies, type TriedRow, TsugikiError, triedCsv, triedRow } from '../../contract';
import { classifyMany } from '../../engine/jobs/classify-many';
import { sortCopies } from '../../engine/jobs/sort-copies';
import { openModel } from '../open-model';
import { pathHere } from '../places';
import { writeTable } from '../table-file';
import { type Invocation, required, UsageError } from '../usage';
import { asJson, type Console, type ExitCode } from './command';

export async function classifyCommand({ options, positionals }: Invocation<'classify'>, { context, terminal, print }: Console): Promise<ExitCode> {
  const directory = required('classify', 'model', options.model);
  if (positionals.length === 0) throw new UsageError('classify needs at least one picture or folder.');
  const paths = positionals.map(pathHere);
  for (const path of paths) if (!(await stat(path).catch(() => null))) throw new UsageError(`There is no picture or folder ${path}.`, { path });
  const tried = await classifyMany(await openModel(directory, terminal, options.scale), paths, context);
  terminal.clear();
  if (options.csv !== undefined) await writeTable(pathHere(options.csv), triedCsv(tried));
  const copies = options.sort === undefined || tried.stopped ? null : await sortCopies(tried, paths, pathHere(options.sort), context);
  terminal.clear();
  const rows = tried.files.map((_, row) => triedRow(tried, row));
  print(options.json ? asJson(rows.map(shape)) : [...rows.map(text), ...(copies ? [sentence(copies)] : [])].join('\n'));
  if (tried.stopped || copies?.stopped) return 130;
  if (rows.every(({ reason }) => reason !== null)) {
    throw new TsugikiError('nothing_classified', rows.length === 1 ? 'The picture could not be classified.' : `None of the ${rows.length} pictures could be classified.`);
  }
  return 0;
}

const shape = ({ path: file, top, unknown, reason }: TriedRow) => (reason === null ? { file, top, unknown } : { file, error: reason.message });

function text({ path, top, unknown, reason }: TriedRow): string {
  if (reason !== null) return `${path}: ${reason.message}`;
  return `${path}: ${unknown ? 'none of these; ' : ''}${top.map(({ label, probability }) => `${label} ${(100 * probability).toFixed(1)} %`).join(', ')}`;
}

const sentence = ({ directory, copied, skipped }: SortedCopies): string =>
  `${copied} ${copied === 1 ? 'picture' : 'pictures'} copied into ${directory}${skipped > 0 ? `; ${skipped} could not be read` : ''}.`;
