/** The comparison of several runs as a table for other programs: numbers as they are. */
import { csvNumber, csvOf, type RunCard } from '../../electron/contract';
import { m } from '../m';
import { compared, runName } from './run-words';

const number = (value: number | null | undefined): string => (value === null || value === undefined ? '' : csvNumber(value));

export function runsCsv(cards: readonly RunCard[]): string {
  const { settings, values } = compared(cards);
  const header = [m.column_run(), ...settings, m.test_accuracy(), m.column_test_loss(), m.column_val_accuracy(), m.column_val_loss(), m.column_seconds_csv(), m.run_note()];
  const rows = cards.map((card, i) => {
    const last = card.epochs.at(-1);
    return [runName(card), ...(values[i] ?? []), number(card.testAccuracy), number(card.testLoss), number(last?.valAccuracy), number(last?.valLoss), number(card.seconds), card.note];
  });
  return csvOf([header, ...rows]);
}
