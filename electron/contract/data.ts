/** Data sets as the window and the command line name them. */
import * as v from 'valibot';
import { AugmentationSchema } from './augmentation';

/** Where pictures come from. `cifar10` without a path: downloaded (or found) in the user's cache. */
export const DataSourceSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('sample') }),
  v.strictObject({ kind: v.literal('cifar10') }),
  /** A folder (CIFAR .bin / python batches, or class folders) or an archive (cifar-10-binary.tar.gz, cifar-10-python.tar.gz, zip/tar of class folders). */
  v.strictObject({ kind: v.literal('path'), path: v.pipe(v.string(), v.minLength(1)) })
]);
export type DataSource = v.InferOutput<typeof DataSourceSchema>;

export const SplitSchema = v.picklist(['train', 'test']);
export type Split = v.InferOutput<typeof SplitSchema>;

export const DataSummarySchema = v.object({
  source: DataSourceSchema,
  /** Short name to show: "CIFAR-10", "Sample", or the folder's name. */
  name: v.string(),
  classNames: v.array(v.string()),
  /** Pictures a class, training part. */
  classCounts: v.array(v.number()),
  trainCount: v.number(),
  testCount: v.number(),
  /**
   * What the test accuracy is measured on: "test" (the set's own test part, whole), "test_first" (only its first pictures are at hand),
   * "validation" (there is no test part: the validation split is used and said so).
   */
  testedOn: v.picklist(['test', 'test_first', 'validation']),
  /** Fixed height and width of the stored pictures in pixels, null when photographs of any size are resized to the network's input. */
  pictureSize: v.nullable(v.number()),
  /** Files that could not be read, with the reason; the import goes on without them. */
  skipped: v.array(v.object({ file: v.string(), reason: v.string() }))
});
export type DataSummary = v.InferOutput<typeof DataSummarySchema>;

/** Pictures for the grid: RGB bytes, row by row, `size` x `size` each, one after the other. */
export const ThumbnailsSchema = v.object({
  size: v.number(),
  pixels: v.instance(Uint8Array),
  labels: v.array(v.number()),
  /** Position of the first picture in its split. */
  offset: v.number(),
  total: v.number()
});
export type Thumbnails = v.InferOutput<typeof ThumbnailsSchema>;

/** Pictures beside what augmentation makes of them: RGB bytes, for each picture itself and then its `variants`, `size` x `size` each. */
export const AugmentedSchema = v.object({ size: v.number(), variants: v.number(), pixels: v.instance(Uint8Array), labels: v.array(v.number()) });
export type Augmented = v.InferOutput<typeof AugmentedSchema>;

/** Which pictures to show augmented, and how many variants of each. */
export const AugmentRequestSchema = v.strictObject({
  augmentation: AugmentationSchema,
  pictures: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24)),
  variants: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8))
});
export type AugmentRequest = v.InferOutput<typeof AugmentRequestSchema>;
