/** A canvas that fills its place on the page. */

export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  /** One of the page's colours: "accent" is `--accent`. */
  readonly colour: (name: string) => string;
}

/** The canvas, emptied, to be drawn on in CSS pixels and as sharp as the screen; null while it has no room. */
export function sheetOf(canvas: HTMLCanvasElement | undefined, width: number, height: number): Sheet | null {
  const context = canvas?.getContext('2d');
  if (!canvas || !context || width === 0 || height === 0) return null;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  return { context, colour: (name) => style.getPropertyValue(`--${name}`) };
}
