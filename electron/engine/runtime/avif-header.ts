/**
 * What an AVIF file says of its picture (https://aomediacodec.github.io/av1-avif, on ISO/IEC 23008-12): boxes in boxes, each with size and four
 * letters. The properties of the primary item hold its size (ispe) and how it is turned (irot) and mirrored (imir).
 */

interface Box {
  readonly type: string;
  /** Of its content. */
  readonly start: number;
  readonly end: number;
}

/** EXIF's number for a picture turned by quarters to the left (row) and then mirrored not at all, top to bottom, or left to right (column). */
const ORIENTATIONS = [
  [1, 4, 2],
  [8, 5, 7],
  [3, 2, 4],
  [6, 7, 5]
] as const;

/** Null for other kinds in such boxes, films and HEIC. @throws RangeError when the bytes stop before what they announce */
export function readAvifHeader(view: DataView): { width: number; height: number; orientation: number } | null {
  const [ftyp, ...rest] = boxes(view, 0, view.byteLength);
  if (ftyp?.type !== 'ftyp' || !brands(view, ftyp).some((brand) => brand === 'avif' || brand === 'avis')) return null;
  const meta = rest.find(({ type }) => type === 'meta');
  // Boxes that the bytes end in are listed; what lies in them must be there.
  if (!meta || meta.end > view.byteLength) throw new RangeError('the picture\'s properties are cut off');
  const parts = boxes(view, meta.start + 4, meta.end);
  const iprp = parts.find(({ type }) => type === 'iprp');
  if (!iprp) return null;
  const containers = boxes(view, iprp.start, iprp.end);
  const ipco = containers.find(({ type }) => type === 'ipco');
  const all = ipco ? boxes(view, ipco.start, ipco.end) : [];
  const own = containers.filter(({ type }) => type === 'ipma').flatMap((ipma) => propertiesOf(primaryItem(view, parts), view, ipma));
  const property = (type: string) => own.map((index) => all[index - 1]).find((box) => box?.type === type);
  const [ispe, irot, imir] = [property('ispe'), property('irot'), property('imir')];
  if (!ispe) return null;
  const mirrored = imir ? 1 + (view.getUint8(imir.start) & 1) : 0;
  const orientation = ORIENTATIONS[irot ? view.getUint8(irot.start) & 3 : 0]?.[mirrored] ?? 1;
  return { width: view.getUint32(ispe.start + 4), height: view.getUint32(ispe.start + 8), orientation };
}

function boxes(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= Math.min(to, view.byteLength); ) {
    const short = view.getUint32(at);
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    if (size < 8) break;
    found.push({ type: letters(view, at + 4), start: at + (short === 1 ? 16 : 8), end: at + size });
    at += size;
  }
  return found;
}

/** The major brand, a version, the compatible ones. */
function brands(view: DataView, { start, end }: Box): string[] {
  const count = Math.floor((end - start) / 4);
  return Array.from({ length: count }, (_, i) => letters(view, start + 4 * i));
}

function primaryItem(view: DataView, parts: readonly Box[]): number {
  const pitm = parts.find(({ type }) => type === 'pitm');
  if (!pitm) return 1;
  return view.getUint8(pitm.start) === 0 ? view.getUint16(pitm.start + 4) : view.getUint32(pitm.start + 4);
}

/** Positions (from 1) in "ipco" of an item's properties: for each item its number, how many, and these, with a bit for "essential". */
function propertiesOf(item: number, view: DataView, { start }: Box): number[] {
  const wideItem = view.getUint8(start) >= 1;
  const wideIndex = (view.getUint8(start + 3) & 1) === 1;
  let at = start + 8;
  for (let entries = view.getUint32(start + 4); entries > 0; entries--) {
    const id = wideItem ? view.getUint32(at) : view.getUint16(at);
    at += wideItem ? 4 : 2;
    const count = view.getUint8(at++);
    const indices = Array.from({ length: count }, (_, i) => (wideIndex ? view.getUint16(at + 2 * i) & 0x7fff : view.getUint8(at + i) & 0x7f));
    if (id === item) return indices;
    at += count * (wideIndex ? 2 : 1);
  }
  return [];
}

const letters = (view: DataView, at: number): string => String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
