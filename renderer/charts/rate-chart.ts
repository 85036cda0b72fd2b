/** Loss over the learning rate, on a logarithmic axis: each batch as a haze, their average bold, the rate to take as a rule. */
import { Chart, type Plugin } from 'chart.js';
import type { Colours } from './chart';
import type { Point } from './curves';
import type { Rates } from './rates';
import { drawRule, HEADER } from './rule';
import { pageFont, STILL } from './still';

export interface RateWords {
  learningRate: string;
  loss: string;
  rate: (rate: number) => string;
  value: (value: number) => string;
}

const isPowerOf10 = (value: number): boolean => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;

/** A chart that is drawn once, without animation: other rates, colours or words are another chart. */
export function rateChart(canvas: HTMLCanvasElement, { batches, smoothed, suggestion }: Rates, colours: Colours, words: RateWords): Chart<'line', Point[]> {
  const { accent, muted, line, ink } = colours;
  const font = pageFont();
  const axis = { color: muted, font };
  const suggested: Plugin<'line'> = {
    id: 'suggestion',
    beforeDatasetsDraw: ({ ctx, chartArea: area, scales }) => {
      if (suggestion === null) return;
      drawRule(ctx, area, { x: scales['x']!.getPixelForValue(suggestion), text: words.rate(suggestion), colour: ink, family: font.family });
    }
  };
  return new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: {
      datasets: [
        { data: smoothed, borderColor: accent, borderWidth: 3, pointRadius: 0 },
        // Two hexadecimal digits of opacity, as the batches of a run are drawn.
        { data: batches, borderColor: `${accent}66`, borderWidth: 1, pointRadius: 0 }
      ]
    },
    options: {
      ...STILL,
      layout: { padding: { top: HEADER, right: 16 } },
      scales: {
        x: {
          type: 'logarithmic', min: batches[0]?.x, max: batches.at(-1)?.x,
          grid: { display: false }, border: { color: line },
          ticks: { ...axis, autoSkip: false, maxRotation: 0, callback: (rate) => (isPowerOf10(Number(rate)) ? words.rate(Number(rate)) : null) },
          title: { display: true, text: words.learningRate, ...axis, align: 'end', padding: 0 }
        },
        y: {
          type: 'linear', min: 0,
          grid: { color: line, lineWidth: 1 }, border: { display: false },
          ticks: { ...axis, maxTicksLimit: 6, callback: (value) => words.value(Number(value)) },
          title: { display: true, text: words.loss, ...axis, padding: 0 }
        }
      }
    },
    plugins: [suggested]
  });
}
