/** The run's curves as files. */
import { runPicture } from '../charts/picture';
import { chartWords } from '../lib/chart-words';
import { curvesCsv } from '../lib/curves-csv';
import { nameOf } from '../lib/words';
import { m } from '../m';
import { charts } from './charts.svelte';
import { saveFile } from './saving';
import { session } from './session.svelte';
import { notify } from './toasts.svelte';

const saved = (path: string): number => notify(m.chart_saved({ name: nameOf(path) }));

export const chartFile = {
  csv: () => saveFile('curves.csv', () => curvesCsv(session.now), saved),
  png: (background: 'light' | 'dark') =>
    saveFile(
      'curves.png',
      () =>
        runPicture(session.now, {
          background,
          titles: { accuracy: m.chart_accuracy(), loss: m.chart_loss() },
          words: { accuracy: chartWords('accuracy'), loss: chartWords('loss') },
          logarithmic: charts.logarithmic,
          smoothing: charts.smoothing
        }),
      saved
    )
};
