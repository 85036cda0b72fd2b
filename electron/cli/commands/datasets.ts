/** `datasets`: what there is to train on, or what is in one of them. */
import { type DataSource, type DataSummary, toErrorShape } from '../../contract';
import { openDataset } from '../../engine/data/open';
import { findReadyMade } from '../../engine/data/ready-made';
import { localCifar10 } from '../best-data';
import { dataSource } from '../places';
import { testedOn } from '../terminal';
import type { Invocation } from '../usage';
import { asJson, type Console, type ExitCode, table } from './command';

interface Row {
  id: string;
  available: boolean;
  detail: string;
}

export async function datasetsCommand({ options }: Invocation<'datasets'>, { context, terminal, print }: Console): Promise<ExitCode> {
  if (options.data !== undefined) {
    const { summary } = await openDataset(dataSource(options.data), context);
    terminal.clear();
    print(options.json ? asJson(summary) : describe(summary));
    return 0;
  }
  const cifar10 = await localCifar10();
  const cifar100 = await findReadyMade('cifar100');
  const rows: Row[] = [
    await openDataset({ kind: 'sample' } satisfies DataSource, context).then(
      ({ summary }) => ({ id: 'sample', available: true, detail: `comes with Tsugiki: ${counts(summary)}` }),
      (error: unknown) => ({ id: 'sample', available: false, detail: toErrorShape(error).message })
    ),
    { id: 'cifar10', available: cifar10 !== null, detail: cifar10 ?? 'not on this machine; "--data cifar10" downloads it' },
    { id: 'cifar100', available: cifar100 !== null, detail: cifar100 ?? 'not on this machine; "--data cifar100" downloads it' }
  ];
  terminal.clear();
  print(options.json ? asJson(rows) : table(rows.map(({ id, available, detail }) => [id, available ? 'at hand' : 'missing', detail])));
  return 0;
}

const counts = ({ trainCount, testCount, classNames }: DataSummary): string => `${trainCount} pictures to train on, ${testCount} to test on, ${classNames.length} classes`;

const describe = (summary: DataSummary): string =>
  [
    `${summary.name}: ${counts(summary)}`,
    summary.testCount > 0 ? `Tested on ${testedOn(summary.testedOn, summary.testCount)}.` : 'No test part: tested on the pictures kept for validation.',
    table(summary.classNames.map((name, i) => [name, summary.classCounts[i] ?? 0])),
    ...summary.skipped.map(({ file, reason }) => `Left out ${file}: ${reason.message}`)
  ].join('\n');
