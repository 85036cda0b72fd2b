/** What can be told of pictures without looking at them: their sizes, and how many there are of each class. */
import type { HealthFinding, ProjectHeader } from '../../contract';
import { edit, finding, type Subject } from './finding';

/** The backbones halve a picture five times: below this nothing is left of it. */
const LEAST_PIXELS = 32;
/** Longer side over shorter one. Networks see squares, so such a picture is squeezed beyond recognition. */
const MOST_ASPECT = 3;
/** Below this, what a network learns of a class is luck; a fifth of it is kept for validation. */
const ENOUGH = 20;
/** The largest class over the smallest. */
const UNEVEN = 3;

/** Where all pictures are of one size it is on purpose, however odd. */
export function oddSizes(subjects: readonly Subject[]): HealthFinding[] {
  if (new Set(subjects.map(({ width, height }) => `${width} ${height}`)).size <= 1) return [];
  const side = ({ width, height }: Subject): number => Math.min(width, height);
  const aspect = ({ width, height }: Subject): number => Math.max(width, height) / Math.min(width, height);
  const tiny = subjects.filter((subject) => side(subject) < LEAST_PIXELS);
  const odd = subjects.filter((subject) => aspect(subject) > MOST_ASPECT);
  const found: HealthFinding[] = [];
  if (tiny.length > 0) found.push(each('tiny', tiny, Math.min(...tiny.map(side))));
  if (odd.length > 0) found.push(each('odd_shape', odd, Math.max(...odd.map(aspect))));
  return found;
}

/** A finding about each picture by itself, mended by leaving them out. */
function each(kind: HealthFinding['kind'], subjects: readonly Subject[], figure: number): HealthFinding {
  const ids = subjects.map(({ id }) => id);
  return finding(kind, ids.map((id) => [id]), { figure, fix: edit('exclude', ids) });
}

/** Classes with none or too few pictures to train on, and how unlike the classes are in that. */
export function classSizes({ classes }: Pick<ProjectHeader, 'classes'>, subjects: readonly Subject[], excluded: ReadonlySet<number>): HealthFinding[] {
  const found: HealthFinding[] = [];
  const counts: { id: number; pictures: number[] }[] = [];
  for (const { id } of classes) {
    const own = subjects.filter((subject) => subject.class === id);
    const pictures = own.filter(({ part }) => part === 'train').map((subject) => subject.id);
    counts.push({ id, pictures });
    // Removing the class would take with it what was only left out.
    if (own.length === 0) found.push(finding('empty_class', [], { class: id, fix: excluded.has(id) ? null : { kind: 'remove_class', class: id } }));
    else if (pictures.length < ENOUGH) found.push(finding('few', [pictures], { class: id, figure: pictures.length }));
  }
  const filled = counts.filter(({ pictures }) => pictures.length > 0).sort((a, b) => a.pictures.length - b.pictures.length);
  const [smallest, largest] = [filled[0], filled[filled.length - 1]];
  if (!smallest || !largest) return found;
  const ratio = largest.pictures.length / smallest.pictures.length;
  return ratio >= UNEVEN ? [...found, finding('uneven', [smallest.pictures], { class: smallest.id, figure: ratio })] : found;
}
