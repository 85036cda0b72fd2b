/** Both charts of a run as one picture, to be put into a report. */
import type { Session } from '../../electron/contract';
import { coloursOf, RunChart, type Words } from './chart';
import { curvesOf, type Measure } from './curves';
import { FONT_SIZE } from './rule';

const WIDTH = 960;
const HEIGHT = 320;
const MARGIN = 24;
/** Pixels a point: sharp on paper, too. */
const PIXEL_RATIO = 2;

export interface PictureWish {
  readonly background: 'light' | 'dark';
  readonly titles: Record<Measure, string>;
  readonly words: Record<Measure, Words>;
  readonly logarithmic: boolean;
  readonly smoothing: number;
}

/** What `work` reads of the page's colours while the page has that theme. It is drawn in its own again before anything is seen. */
function inTheme<T>(theme: 'light' | 'dark', work: () => T): T {
  const { dataset } = document.documentElement;
  const own = dataset['theme'];
  dataset['theme'] = theme;
  try {
    return work();
  } finally {
    if (own === undefined) delete dataset['theme'];
    else dataset['theme'] = own;
  }
}

/** A PNG's bytes. */
export async function runPicture(session: Session, { background, titles, words, logarithmic, smoothing }: PictureWish): Promise<Uint8Array<ArrayBuffer>> {
  const { colours, ground } = inTheme(background, () => ({
    colours: coloursOf(document.documentElement), ground: getComputedStyle(document.documentElement).getPropertyValue('--surface').trim()
  }));
  const measures = ['accuracy', 'loss'] as const;
  const sheet = document.createElement('canvas');
  sheet.width = (WIDTH + 2 * MARGIN) * PIXEL_RATIO;
  sheet.height = (measures.length * (HEIGHT + MARGIN) + MARGIN) * PIXEL_RATIO;
  const context = sheet.getContext('2d');
  if (!context) throw new Error('This window cannot draw pictures.');
  context.fillStyle = ground;
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.scale(PIXEL_RATIO, PIXEL_RATIO);
  context.fillStyle = colours.ink;
  context.font = `600 ${FONT_SIZE}px ${getComputedStyle(document.body).fontFamily}`;
  for (const [i, measure] of measures.entries()) {
    const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    const chart = new RunChart(canvas, measure, colours, words[measure], { logarithmic: logarithmic && measure === 'loss', pixelRatio: PIXEL_RATIO });
    chart.show(curvesOf(session, measure, smoothing));
    const top = MARGIN + i * (HEIGHT + MARGIN);
    context.drawImage(canvas, MARGIN, top, WIDTH, HEIGHT);
    context.fillText(titles[measure], MARGIN, top + FONT_SIZE / 2);
    chart.destroy();
  }
  const blob = await new Promise<Blob | null>((done) => sheet.toBlob(done, 'image/png'));
  if (!blob) throw new Error('This window cannot draw pictures.');
  return new Uint8Array(await blob.arrayBuffer());
}
