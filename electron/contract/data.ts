/** Data sets as the window and the command line name them. */
import * as v from 'valibot';
import { AugmentationSchema } from './augmentation';
import { PictureCardSchema, ProjectSummarySchema, SkippedFileSchema } from './project';
import { DataSourceSchema } from './source';

/** "validation" is empty unless pictures belong there by themselves; else a recipe keeps the last of "train". */
export const SplitSchema = v.picklist(['train', 'validation', 'test']);
export type Split = v.InferOutput<typeof SplitSchema>;

export const DataSummarySchema = v.object({
  source: DataSourceSchema,
  /** Short name to show: "CIFAR-10", "Sample", or the folder's name. */
  name: v.string(),
  classNames: v.array(v.string()),
  /** Pictures a class, training part. */
  classCounts: v.array(v.number()),
  trainCount: v.number(),
  /** Pictures that are the validation part by themselves; 0 where a recipe's validationSplit takes the last of the training part. */
  validationCount: v.number(),
  testCount: v.number(),
  /**
   * What the test accuracy is measured on: "test" (the set's own test part, whole), "test_first" (only its first pictures are at hand),
   * "validation" (there is no test part: the validation split is used and said so).
   */
  testedOn: v.picklist(['test', 'test_first', 'validation']),
  /** Fixed height and width of the stored pictures in pixels, null when photographs of any size are resized to the network's input. */
  pictureSize: v.nullable(v.number()),
  /** Files that could not be read, with the reason; the import goes on without them. */
  skipped: v.array(SkippedFileSchema),
  project: v.nullable(ProjectSummarySchema)
});
export type DataSummary = v.InferOutput<typeof DataSummarySchema>;

/** Pictures for the grid: RGB bytes, row by row, `size` x `size` each, one after the other. */
export const ThumbnailsSchema = v.object({
  size: v.number(),
  pixels: v.instance(Uint8Array),
  pictures: v.array(PictureCardSchema),
  /** Position of the first picture among those that were asked for. */
  offset: v.number(),
  total: v.number(),
  revision: v.number()
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
