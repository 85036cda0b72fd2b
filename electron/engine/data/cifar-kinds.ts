/** What CIFAR-10 and CIFAR-100 (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html) have in common, and what tells them apart. */
import { CIFAR100_CLASSES } from './cifar100-classes';

export interface CifarKind {
  readonly id: 'cifar10' | 'cifar100';
  readonly name: string;
  /** Folders that the official archives unpack to. */
  readonly folders: readonly string[];
  /** Names of the files that hold the parts. */
  readonly train: RegExp;
  readonly test: RegExp;
  /** The file that nothing works without, to name in messages. */
  readonly firstFile: string;
  /** Files beside them that give the classes' names; null where the published ones are taken. */
  readonly names: RegExp | null;
  /** Before the planes of each picture in the binary version; the last one is the class. */
  readonly labelBytes: number;
  /** The classes in the Python version. */
  readonly labelKey: string;
  readonly classNames: readonly string[];
}

export const CIFAR10: CifarKind = {
  id: 'cifar10',
  name: 'CIFAR-10',
  folders: ['cifar-10-batches-bin', 'cifar-10-batches-py'],
  train: /^data_batch_([1-5])(\.bin)?$/,
  test: /^test_batch(_first\d+)?(\.bin)?$/,
  firstFile: 'data_batch_1',
  names: null,
  labelBytes: 1,
  labelKey: 'labels',
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
};

/** The hundred fine classes; the twenty coarse ones are left alone. */
export const CIFAR100: CifarKind = {
  id: 'cifar100',
  name: 'CIFAR-100',
  folders: ['cifar-100-binary', 'cifar-100-python'],
  train: /^train(\.bin)?$/,
  test: /^test(\.bin)?$/,
  firstFile: 'train.bin',
  names: /^(meta|fine_label_names\.txt)$/,
  labelBytes: 2,
  labelKey: 'fine_labels',
  classNames: CIFAR100_CLASSES
};

export const CIFAR_KINDS: readonly CifarKind[] = [CIFAR10, CIFAR100];
