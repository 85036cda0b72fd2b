/** Curves of several runs over their epochs. Drawn once, without animation: other lines, colours or words are another chart. */
import { Chart, type ChartDataset } from 'chart.js';
import type { RunLine } from '../lib/run-lines';
import type { Colours } from './chart';
import type { Measure, Point } from './curves';
import { pageFont, STILL } from './still';

/** Accuracies that are all low are looked at from nearer. */
function topOf(lines: readonly RunLine[]): number {
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ y }) => y)));
  return [0.2, 0.4, 0.6].find((top) => most < top) ?? 1;
}

export function runsChart(
  canvas: HTMLCanvasElement, lines: readonly RunLine[], measure: Measure, { muted, line }: Colours, words: { epochs: string; value: (value: number) => string }
): Chart<'line', Point[]> {
  const font = pageFont();
  const last = Math.max(1, ...lines.flatMap(({ points }) => points.map(({ x }) => x)));
  return new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: {
      datasets: lines.map(({ points, colour, dash }): ChartDataset<'line', Point[]> => ({
        // A single epoch is no line yet.
        data: points, borderColor: colour, backgroundColor: colour, borderWidth: 2.5, borderDash: [...dash], pointRadius: points.length === 1 ? 3 : 0, tension: 0
      }))
    },
    options: {
      ...STILL,
      layout: { padding: { right: 16, top: 8 } },
      scales: {
        x: {
          type: 'linear', min: 0, max: last, grid: { display: false }, border: { color: line },
          ticks: { color: muted, font, maxTicksLimit: 16, precision: 0 },
          title: { display: true, text: words.epochs, color: muted, font, align: 'end', padding: 0 }
        },
        y: {
          type: 'linear', min: 0, ...(measure === 'accuracy' && { max: topOf(lines) }), grid: { color: line, lineWidth: 1 }, border: { display: false },
          ticks: { color: muted, font, maxTicksLimit: 6, callback: (value) => words.value(Number(value)) }
        }
      }
    }
  });
}
