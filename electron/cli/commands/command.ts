/** What a command is given to work with. */
import type { JobContext } from '../../engine/context';
import type { Terminal } from '../terminal';

export interface Console {
  /** Stops with Ctrl-C; reports to the terminal. */
  readonly context: JobContext;
  readonly terminal: Terminal;
  /** The result, on standard output. */
  print(text: string): void;
}

/** 0 done, 130 stopped on purpose; failures are thrown. */
export type ExitCode = 0 | 130;

export const asJson = (value: unknown): string => JSON.stringify(value, null, 1);

/** Rows as columns; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  const cell = (value: string | number, width: number) => (typeof value === 'number' ? String(value).padStart(width) : value.padEnd(width));
  return rows.map((row) => row.map((value, column) => cell(value, widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
