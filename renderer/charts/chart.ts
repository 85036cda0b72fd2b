/** One chart of the run: fine batches, thin training, bold validation, phase boundaries, last values at the lines' ends. */
import { Chart, type ChartDataset, type Plugin } from 'chart.js';
import { apart } from './apart';
import type { Curves, Measure, Point } from './curves';
import { drawRule, FONT_SIZE, HEADER } from './rule';
import { pageFont, STILL } from './still';

/** Room on the right for the last values. */
const MARGIN = 52;
/** Radius of the dot that an epoch has at most, training and validation. */
const DOTS = [1.5, 2.5] as const;

export interface Colours {
  ink: string;
  muted: string;
  line: string;
  accent: string;
  ice: string;
}

export interface Words {
  epochs: string;
  phase: (name: string) => string;
  value: (value: number) => string;
}

export interface Look {
  /** Loss by its powers of ten. */
  readonly logarithmic: boolean;
  /** For a picture of that many pixels a point, of the canvas as large as it is; null: it fills its place on the page. */
  readonly pixelRatio: number | null;
}

const colour = (style: CSSStyleDeclaration, name: string): string => style.getPropertyValue(name).trim();

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  return {
    ink: colour(style, '--ink'),
    muted: colour(style, '--ink-2'),
    line: colour(style, '--line'),
    accent: colour(style, '--accent'),
    ice: colour(style, '--ice')
  };
}

/** 1, 2 or 5 times a power of ten: what is written on a logarithmic axis. */
const isRound = (value: number): boolean => ['1', '2', '5'].includes(value.toExponential().split('e')[0] ?? '');

/** Around all that is drawn, nothing below a thousandth. */
function decades({ batches, training, validation }: Curves): { min: number; max: number } {
  const values = [...batches, ...training, ...validation].map(({ y }) => y).filter((y) => y > 0);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return most === 0 ? { min: 0.1, max: 10 } : { min: Math.max(0.001, least * 0.9), max: Math.max(0.01, most * 1.1) };
}

/** A chart that is told new curves and draws them without animation. In other colours or words it is another chart. */
export class RunChart {
  readonly #chart: Chart<'line', Point[]>;
  #curves: Curves = { batches: [], training: [], validation: [], boundaries: [], epochs: 0 };
  #font = '';
  /** Largest radius of a dot that leaves the next one free. */
  #room = 0;

  constructor(canvas: HTMLCanvasElement, private readonly measure: Measure, private readonly colours: Colours, private readonly words: Words, private readonly look: Look) {
    // A function: a number that changes later is taken for the one it was.
    const line = (order: number, borderWidth: number, dot = 0): ChartDataset<'line', Point[]> => ({ data: [], order, borderWidth, pointRadius: () => Math.min(dot, this.#room), pointHitRadius: 0, tension: 0 });
    this.#chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [line(3, 1), line(2, 1.5, DOTS[0]), line(1, 3, DOTS[1])] },
      options: {
        ...STILL,
        responsive: look.pixelRatio === null,
        ...(look.pixelRatio !== null && { devicePixelRatio: look.pixelRatio }),
        layout: { padding: { top: HEADER, right: MARGIN } },
        scales: { x: { type: 'linear', min: 0 }, y: { type: 'linear', min: 0 } }
      },
      plugins: [this.#boundaries(), this.#lastValues()]
    });
    this.#style();
  }

  show(curves: Curves): void {
    this.#curves = curves;
    const { scales } = this.#chart.options;
    const [fine, thin, bold] = this.#chart.data.datasets;
    if (!scales?.['x'] || !scales['y'] || !fine || !thin || !bold) return;
    fine.data = curves.batches;
    thin.data = curves.training;
    bold.data = curves.validation;
    const last = Math.max(1, curves.epochs);
    // Dots that touch would be a thicker line.
    this.#room = Math.max(1, this.#chart.width / last / 4);
    Object.assign(scales['x'], { max: last });
    Object.assign(scales['x'].ticks ?? {}, { stepSize: Math.max(1, Math.ceil(last / 15)) });
    if (this.look.logarithmic) Object.assign(scales['y'], decades(curves));
    else {
      const y = this.#measureOf(curves);
      Object.assign(scales['y'], { max: y.top });
      Object.assign(scales['y'].ticks ?? {}, { stepSize: y.step });
    }
    this.#chart.update('none');
  }

  /** Pixels from the canvas' left of a place on the x axis, and back. */
  pixelOf = (x: number): number => this.#chart.scales['x']?.getPixelForValue(x) ?? 0;
  placeAt = (pixel: number): number => this.#chart.scales['x']?.getValueForPixel(pixel) ?? 0;

  destroy(): void {
    this.#chart.destroy();
  }

  #style(): void {
    const { accent, muted, line } = this.colours;
    const [fine, thin, bold] = this.#chart.data.datasets;
    if (!fine || !thin || !bold) return;
    // Two hexadecimal digits of opacity: batches are a haze behind the lines.
    fine.borderColor = `${accent}66`;
    thin.borderColor = thin.backgroundColor = muted;
    bold.borderColor = bold.backgroundColor = accent;
    const font = pageFont();
    this.#font = font.family;
    this.#chart.options.scales = {
      x: {
        type: 'linear', min: 0,
        grid: { display: false }, border: { color: line },
        ticks: { color: muted, font, maxTicksLimit: 16, precision: 0 },
        title: { display: this.measure === 'loss', text: this.words.epochs, color: muted, font, align: 'end', padding: 0 }
      },
      y: {
        ...(this.look.logarithmic ? { type: 'logarithmic' as const } : { type: 'linear' as const, min: 0 }),
        grid: { color: line, lineWidth: 1 }, border: { display: false },
        // One width for both charts, so that their epochs stand one above the other.
        afterFit: (scale) => (scale.width = 48),
        ticks: { color: muted, font, maxTicksLimit: 6, callback: (value) => (this.look.logarithmic && !isRound(Number(value)) ? null : this.words.value(Number(value))) }
      }
    };
  }

  /** A round top with at most five even steps: accuracy never ends above 1, loss at what the epochs and nearly all batches reach. */
  #measureOf({ batches, training, validation }: Curves): { top: number; step: number } {
    const highest = (points: readonly Point[]) => points.reduce((top, point) => Math.max(top, point.y), 0);
    const lines = Math.max(highest(training), highest(validation));
    if (this.measure === 'accuracy') {
      const most = Math.max(lines, highest(batches));
      return most > 0.6 ? { top: 1, step: 0.2 } : most > 0.4 ? { top: 0.6, step: 0.2 } : { top: 0.4, step: 0.1 };
    }
    const fine = batches.map((point) => point.y).sort((a, b) => a - b);
    // The first steps after unfreezing may shoot far up; the lines should not be flattened by them.
    const usual = fine[Math.floor(fine.length * 0.95)] ?? 1;
    const wanted = Math.max(0.05, lines * 1.1, Math.min(usual, lines > 0 ? lines * 2 : Infinity));
    const rough = wanted / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
    return { top: step * Math.ceil(wanted / step), step };
  }

  #boundaries(): Plugin<'line'> {
    return {
      id: 'boundaries',
      beforeDatasetsDraw: (chart) => {
        const { ctx, chartArea: area, scales } = chart;
        for (const { x, name } of this.#curves.boundaries) {
          drawRule(ctx, area, { x: scales['x']!.getPixelForValue(x), text: this.words.phase(name), colour: this.colours.ink, family: this.#font });
        }
      }
    };
  }

  #lastValues(): Plugin<'line'> {
    return {
      id: 'last-values',
      afterDatasetsDraw: (chart) => {
        const { ctx, scales, chartArea: area } = chart;
        const ends = [
          { point: this.#curves.validation.at(-1), colour: this.colours.accent, weight: 700 },
          { point: this.#curves.training.at(-1), colour: this.colours.muted, weight: 400 }
        ].flatMap(({ point, ...style }) => (point ? [{ ...style, point, y: scales['y']!.getPixelForValue(point.y) }] : []));
        const places = apart(ends.map(({ y }) => y), FONT_SIZE + 2, area.top + 6, area.bottom - 6);
        ctx.save();
        ctx.textBaseline = 'middle';
        for (const [i, end] of ends.entries()) {
          ctx.fillStyle = end.colour;
          ctx.font = `${end.weight} ${FONT_SIZE}px ${this.#font}`;
          const x = Math.min(scales['x']!.getPixelForValue(end.point.x) + 8, area.right + 8);
          ctx.fillText(this.words.value(end.point.y), x, places[i]!);
        }
        ctx.restore();
      }
    };
  }
}
