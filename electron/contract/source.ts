/** Where pictures come from. */
import * as v from 'valibot';

const path = v.pipe(v.string(), v.minLength(1));

/** `cifar10` and `cifar100`: found on this machine, or downloaded into the user's cache. */
export const DataSourceSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('sample') }),
  v.strictObject({ kind: v.literal('cifar10') }),
  v.strictObject({ kind: v.literal('cifar100') }),
  /** A folder or file of any kind that is read: class folders, archives, CIFAR, MNIST's idx files, CSV, a project. */
  v.strictObject({ kind: v.literal('path'), path }),
  /** A project's folder. */
  v.strictObject({ kind: v.literal('project'), path })
]);
export type DataSource = v.InferOutput<typeof DataSourceSchema>;
