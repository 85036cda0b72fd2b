/** Squares of the picture grid: where they lie, and what is drawn over a picture to tell its state, never by colour alone. */

/** Pixels between squares. */
export const GAP = 4;

export interface Layout {
  readonly columns: number;
  /** From one square to the next. */
  readonly pitch: number;
  /** Of a square. */
  readonly side: number;
}

/** Squares share a row's rest, so that the grid is flush on both sides. @param least side of a square, pixels */
export function layout(width: number, least: number): Layout {
  const columns = Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  const side = Math.max(1, (width - GAP * (columns - 1)) / columns);
  return { columns, side, pitch: side + GAP };
}

/** Position of the square at a point of the whole grid; null between and beside squares. */
export function positionAt({ columns, pitch, side }: Layout, x: number, y: number): number | null {
  const column = Math.floor(x / pitch);
  if (x < 0 || y < 0 || column >= columns || x - column * pitch > side || y % pitch > side) return null;
  return Math.floor(y / pitch) * columns + column;
}

export interface Inks {
  readonly accent: string;
  readonly surface: string;
  readonly ink: string;
  readonly problem: string;
}

/** Left out: veiled and crossed. */
export function drawExcluded(context: CanvasRenderingContext2D, { surface, problem }: Inks, x: number, y: number, side: number): void {
  context.save();
  context.globalAlpha = 0.66;
  context.fillStyle = surface;
  context.fillRect(x, y, side, side);
  context.globalAlpha = 1;
  context.strokeStyle = problem;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x + 4, y + side - 4);
  context.lineTo(x + side - 4, y + 4);
  context.stroke();
  context.restore();
}

/** Selected: framed, with a tick in the corner. */
export function drawSelected(context: CanvasRenderingContext2D, { accent, surface }: Inks, x: number, y: number, side: number): void {
  const middle = { x: x + side - 11, y: y + 11 };
  context.lineWidth = 3;
  context.strokeStyle = accent;
  context.strokeRect(x + 1.5, y + 1.5, side - 3, side - 3);
  context.fillStyle = accent;
  context.beginPath();
  context.arc(middle.x, middle.y, 8, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = surface;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(middle.x - 4, middle.y);
  context.lineTo(middle.x - 1, middle.y + 3);
  context.lineTo(middle.x + 4, middle.y - 3);
  context.stroke();
}

/** Where the keyboard is: a dark ring in a light one, to be seen on any picture. */
export function drawFocus(context: CanvasRenderingContext2D, { ink, surface }: Inks, x: number, y: number, side: number): void {
  for (const [style, inset, width] of [[surface, 2.5, 5], [ink, 1.5, 3]] as const) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.strokeRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
  }
}
