/** How the charts of a run put numbers and phases. */
import type { Words } from '../charts/chart';
import type { Measure } from '../charts/curves';
import { m } from '../m';
import { decimal, percent } from './format';
import { phaseName } from './words';

/** Losses beyond this are told without decimals. */
const LARGE = 100;
/** And below this with one more. */
const SMALL = 0.1;

export const chartWords = (measure: Measure): Words => ({
  epochs: m.chart_epochs(),
  phase: phaseName,
  value: (y) => (measure === 'accuracy' ? percent(y) : decimal(y, y >= LARGE ? 0 : y > 0 && y < SMALL ? 3 : 2))
});
