/** The run's curves as files. */
import { runPicture } from '../charts/picture';
import { call } from '../api';
import { chartWords } from '../lib/chart-words';
import { curvesCsv } from '../lib/curves-csv';
import { nameOf } from '../lib/words';
import { m } from '../m';
import { charts } from './charts.svelte';
import { session } from './session.svelte';
import { notify, report } from './toasts.svelte';

async function save(name: string, make: () => Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    const path = await call('file:save', { name, bytes: await make() });
    if (path !== null) notify(m.chart_saved({ name: nameOf(path) }));
  } catch (error) {
    report(error);
  }
}

export const chartFile = {
  csv: () => save('curves.csv', () => new TextEncoder().encode(curvesCsv(session.now))),
  png: (background: 'light' | 'dark') =>
    save('curves.png', () =>
      runPicture(session.now, {
        background,
        titles: { accuracy: m.chart_accuracy(), loss: m.chart_loss() },
        words: { accuracy: chartWords('accuracy'), loss: chartWords('loss') },
        logarithmic: charts.logarithmic,
        smoothing: charts.smoothing
      })
    )
};
