/** Tables as other programs read them. */

/** Rows as CSV (RFC 4180). Begins with the mark by which Excel knows UTF-8, in Japan, too. */
export const csvOf = (rows: readonly (readonly string[])[]): string => `\ufeff${rows.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')}`;

/** With the digits that tell one 32-bit number from the next. */
export const csvNumber = (value: number): string => String(Number(value.toPrecision(9)));

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
