/** Looks a project's pictures through for what harms training: docs/data-health.md says what each finding means. */
import type { HealthFinding, HealthReport, Part, Picture, ProjectHeader } from '../../contract';
import type { JobContext } from '../context';
import { Stage } from '../data/stage';
import { type Copies, copiesOf, exactCopies, NearCopies } from '../evaluation/copies';
import { edit, finding, type Subject } from '../evaluation/finding';
import { printsOf, THUMBNAIL } from '../evaluation/perceptual-hash';
import { classSizes, oddSizes } from '../evaluation/shapes-and-counts';

/** Pictures asked for at once. */
const PAGE = 256;
/** Prints made between two breaths. */
const BREATH = 64;
/** A picture in which no two places differ more than this, of 255, in any colour: a lens cap, an empty scan. */
const BLANK = 8;

export interface ThumbnailPage {
  /** RGB [ids.length, size, size, 3], stretched to squares; what cannot be read is left 0. */
  readonly pixels: Uint8Array;
  /** Ids among those asked for that cannot be read. */
  readonly unreadable: readonly number[];
}

export interface HealthInput {
  readonly header: Pick<ProjectHeader, 'classes'>;
  readonly pictures: readonly Picture[];
  /** The part that a picture is in, its own or drawn. What a recipe keeps of "train" for validation is not known here. */
  partOf(picture: Picture): Part;
  readonly revision: number;
  readonly skipped: HealthReport['skipped'];
  /** Ids of pictures that are not where they were. */
  readonly missing: ReadonlySet<number>;
  thumbnails(ids: readonly number[], size: number, context: JobContext): Promise<ThumbnailPage>;
}

/** Pictures that are excluded do not count. @throws StoppedError when the job is stopped */
export async function checkHealth(input: HealthInput, context: JobContext): Promise<HealthReport> {
  const { header, pictures, revision, skipped } = input;
  const subjects = pictures.filter(({ excluded }) => !excluded).map((picture) => ({ ...picture, part: input.partOf(picture) }));
  const excluded = new Set(pictures.filter((picture) => picture.excluded).map((picture) => picture.class));
  const missing = subjects.filter(({ id }) => input.missing.has(id)).map(({ id }) => id);
  const seen = await lookAt(subjects.filter(({ id }) => !input.missing.has(id)), input, context);
  const findings = [
    ...singly('unreadable', seen.unreadable, 'remove'),
    // Pictures that have moved come back once the window is told where they are.
    ...singly('missing', missing, null),
    ...exactCopies(subjects),
    ...seen.near,
    ...oddSizes(subjects),
    ...singly('blank', seen.blank, 'exclude'),
    ...classSizes(header, subjects, excluded)
  ];
  return { revision, checked: subjects.length, findings, skipped: [...skipped] };
}

/** A finding about each picture by itself; none for none. */
function singly(kind: HealthFinding['kind'], ids: readonly number[], mend: 'remove' | 'exclude' | null): HealthFinding[] {
  return ids.length > 0 ? [finding(kind, ids.map((id) => [id]), { fix: mend && edit(mend, ids) })] : [];
}

interface Seen {
  readonly unreadable: number[];
  readonly blank: number[];
  readonly near: HealthFinding[];
}

/** What has to be seen to be found, each content looked at once. */
async function lookAt(subjects: readonly Subject[], { thumbnails }: HealthInput, context: JobContext): Promise<Seen> {
  const all = copiesOf(subjects);
  const near = new NearCopies(all.length);
  const [unreadable, blank]: [number[], number[]] = [[], []];
  const stage = new Stage(context, 'health', all.length, 'pictures');
  for (let at = 0; at < all.length; at += PAGE) {
    const page = all.slice(at, at + PAGE);
    const shown = await thumbnails(page.map(([{ id }]) => id), THUMBNAIL, context);
    const broken = new Set(shown.unreadable);
    for (const [i, copies] of page.entries()) {
      const pixels = shown.pixels.subarray(i * THUMBNAIL ** 2 * 3, (i + 1) * THUMBNAIL ** 2 * 3);
      if (broken.has(copies[0].id)) unreadable.push(...ids(copies));
      else if (isBlank(pixels)) blank.push(...ids(copies));
      else near.add(copies, printsOf(pixels));
      stage.add(1);
      if (i % BREATH === BREATH - 1) await context.breathe();
    }
  }
  return { unreadable, blank, near: near.findings() };
}

const ids = (copies: Copies): number[] => copies.map(({ id }) => id);

/** @param pixels R, G, B interleaved */
function isBlank(pixels: Uint8Array): boolean {
  return [0, 1, 2].every((channel) => {
    let [least, most] = [255, 0];
    for (let i = channel; i < pixels.length; i += 3) {
      least = Math.min(least, pixels[i]!);
      most = Math.max(most, pixels[i]!);
    }
    return most - least <= BLANK;
  });
}
