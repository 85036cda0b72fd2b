/** A health report in sentences, and what its buttons do. */
import type { HealthFinding } from '../../electron/contract';
import { m } from '../m';
import { pictureCount } from './changes';
import { count, decimal } from './format';

/** @param className name of a class by its id */
export function findingSentence({ kind, count: n, class: id, figure }: HealthFinding, className: (id: number) => string): string {
  const pictures = pictureCount(n);
  const name = id === null ? '' : className(id);
  switch (kind) {
    case 'unreadable':
      return m.health_unreadable({ pictures });
    case 'missing':
      return m.health_missing({ pictures });
    case 'duplicates':
      return m.health_duplicates({ pictures });
    case 'near_duplicates':
      return m.health_near_duplicates({ pictures });
    case 'contradiction':
      return m.health_contradiction({ pictures });
    case 'near_contradiction':
      return m.health_near_contradiction({ pictures });
    case 'leak':
      return m.health_leak({ pictures });
    case 'near_leak':
      return m.health_near_leak({ pictures });
    case 'tiny':
      return m.health_tiny({ pictures, pixels: count(figure ?? 0) });
    case 'odd_shape':
      return m.health_odd_shape({ pictures, times: decimal(figure ?? 0, 1) });
    case 'blank':
      return m.health_blank({ pictures });
    case 'few':
      return m.health_few({ name, pictures: pictureCount(figure ?? n) });
    case 'empty_class':
      return m.health_empty_class({ name });
    case 'uneven':
      return m.health_uneven({ name, times: decimal(figure ?? 0, 1) });
  }
}

const isCopies = (kind: HealthFinding['kind']): boolean => kind === 'duplicates' || kind === 'leak';

/** What the button does that mends it; null where no single change does. */
export function fixLabel({ kind, fix }: HealthFinding, className: (id: number) => string): string | null {
  switch (fix?.kind) {
    case 'remove':
      return isCopies(kind) ? m.health_fix_copies({ count: count(fix.pictures.length) }) : m.health_fix_remove({ pictures: pictureCount(fix.pictures.length) });
    case 'exclude':
      return m.health_fix_exclude({ pictures: pictureCount(fix.pictures.length) });
    case 'remove_class':
      return m.health_fix_class({ name: className(fix.class) });
    case undefined:
      return null;
    default:
      return m.health_fix();
  }
}

/** All pictures of a finding that it names, each once. */
export const picturesOf = ({ groups }: HealthFinding): number[] => [...new Set(groups.flat())];

/** Whether the same picture, or nearly the same, is trained on and tested on. */
export const leaks = (findings: readonly HealthFinding[]): boolean => findings.some(({ kind }) => kind === 'leak' || kind === 'near_leak');
