/** What an import brought, in a sentence. */
import type { ImportReport } from '../../electron/contract';
import { m } from '../m';
import { pictureCount } from './changes';
import { count } from './format';

/** "1,204 pictures added, 3 already there, 5 left out." Nothing is told of what there was none of. */
export function importSentence({ added, already, moved, skipped, stopped }: ImportReport): string {
  const parts = [
    m.import_added({ pictures: pictureCount(added) }),
    moved > 0 && m.import_moved({ count: count(moved) }),
    already > moved && m.import_already({ count: count(already - moved) }),
    skipped.length > 0 && m.import_skipped({ count: count(skipped.length) })
  ];
  const outcome = parts.filter(Boolean).join(m.list_comma());
  return stopped ? m.import_stopped({ outcome }) : m.import_ended({ outcome });
}
