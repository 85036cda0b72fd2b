/** Changes of a project in words. */
import type { ChangeLabel, Part } from '../../electron/contract';
import { m } from '../m';
import { count } from './format';

/** "1 picture", "3,000 pictures". */
export const pictureCount = (n: number): string => m.pictures({ count: count(n) });

/** A picture without a part of its own is one of the training part. */
export const partName = (part: Part | null): string =>
  ({ train: m.part_train, validation: m.part_validation, test: m.part_test })[part ?? 'train']();

const isPart = (name: string): name is Part => name === 'train' || name === 'validation' || name === 'test';

/** What was done, to how many pictures, in a few words without a full stop. */
export function changeSentence({ kind, count: n, name }: ChangeLabel): string {
  const pictures = pictureCount(n);
  switch (kind) {
    case 'import':
      return m.change_import({ pictures });
    case 'relocate':
      return m.change_relocate({ pictures });
    case 'refresh':
      return m.change_refresh({ pictures });
    case 'rename_project':
      return m.change_rename_project({ name });
    case 'move':
      return m.change_move({ pictures, name });
    case 'remove':
      return m.change_remove({ pictures });
    case 'exclude':
      return m.change_exclude({ pictures });
    case 'include':
      return m.change_include({ pictures });
    case 'set_part':
      return m.change_set_part({ pictures, name: partName(isPart(name) ? name : null) });
    case 'add_class':
      return m.change_add_class({ name });
    case 'rename_class':
      return m.change_rename_class({ name });
    case 'merge_classes':
      return m.change_merge_classes({ pictures, name });
    case 'split_off':
      return m.change_split_off({ pictures, name });
    case 'remove_class':
      return m.change_remove_class({ pictures, name });
    case 'set_splits':
      return m.change_set_splits();
  }
}
