/** Lines over two shares, 0 to 1 each: what is won for what is given. Drawn once, without animation: other lines, colours or words are another chart. */
import { Chart, type ChartDataset, type Plugin } from 'chart.js';
import type { Colours } from './chart';
import type { Point } from './curves';
import { drawRule, HEADER } from './rule';
import { pageFont, STILL } from './still';

export interface ShareLine {
  readonly points: Point[];
  readonly colour: keyof Colours;
  /** Dots and dashes, so that lines are told apart without their colours. */
  readonly dash?: readonly number[];
  readonly thin?: boolean;
}

export interface ShareWords {
  readonly x: string;
  readonly y: string;
  readonly value: (share: number) => string;
  /** A vertical rule at a share, with a word above it. */
  readonly rule?: { readonly x: number; readonly text: string } | null;
}

export function shareChart(canvas: HTMLCanvasElement, lines: readonly ShareLine[], colours: Colours, words: ShareWords): Chart<'line', Point[]> {
  const { muted, line, ink } = colours;
  const font = pageFont();
  const rule: Plugin<'line'> = {
    id: 'rule',
    afterDatasetsDraw: ({ ctx, chartArea: area, scales }) => {
      if (words.rule) drawRule(ctx, area, { x: scales['x']!.getPixelForValue(words.rule.x), text: words.rule.text, colour: ink, family: font.family });
    }
  };
  const axis = (text: string) => ({
    type: 'linear' as const,
    min: 0,
    max: 1,
    grid: { color: line, lineWidth: 1 },
    border: { display: false },
    ticks: { color: muted, font, stepSize: 0.2, maxRotation: 0, callback: (share: number | string) => words.value(Number(share)) },
    title: { display: true, text, color: muted, font, padding: 2 }
  });
  return new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: {
      datasets: lines.map(({ points, colour, dash, thin }): ChartDataset<'line', Point[]> => ({
        data: points, borderColor: colours[colour], borderWidth: thin ? 1 : 2.5, borderDash: [...(dash ?? [])], pointRadius: 0, tension: 0
      }))
    },
    options: {
      ...STILL,
      layout: { padding: { top: HEADER, right: 16 } },
      scales: { x: axis(words.x), y: axis(words.y) }
    },
    plugins: [rule]
  });
}
