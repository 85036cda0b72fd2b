/** A dashed vertical rule across a chart, with a word above the plot. */
import type { ChartArea } from 'chart.js';

export const FONT_SIZE = 12;
/** Room above the plot for the word. */
export const HEADER = FONT_SIZE + 6;
const GAP = 6;

export interface Rule {
  /** Pixels from the canvas' left. */
  x: number;
  text: string;
  colour: string;
  family: string;
}

/** The word stands on the right, or on the left where it would not fit. */
export function drawRule(ctx: CanvasRenderingContext2D, area: ChartArea, { x, text, colour, family }: Rule): void {
  const at = Math.round(x) + 0.5;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.setLineDash([4, 3]);
  ctx.beginPath();
  ctx.moveTo(at, area.top - HEADER + 2);
  ctx.lineTo(at, area.bottom);
  ctx.stroke();
  ctx.fillStyle = colour;
  ctx.font = `600 ${FONT_SIZE}px ${family}`;
  const right = at + GAP + ctx.measureText(text).width < area.right;
  ctx.textAlign = right ? 'left' : 'right';
  ctx.textBaseline = 'bottom';
  ctx.fillText(text, right ? at + GAP : at - GAP, area.top - 2);
  ctx.restore();
}
