/** What the charts have in common: nothing in them moves or follows the pointer. */
import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement, type ChartOptions } from 'chart.js';
import { FONT_SIZE } from './rule';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

export const STILL = { animation: false, parsing: false, normalized: true, maintainAspectRatio: false, events: [] } satisfies ChartOptions<'line'>;

/** As the page writes it. */
export const pageFont = (): { size: number; family: string } => ({ size: FONT_SIZE, family: getComputedStyle(document.body).fontFamily });
