/** Augmentation in Keras' layers: the same effects and ranges, and a word where they are not quite the same. */
import { type Augmentation, changesPictures } from '../../../contract';
import { code, invoke } from './python';

const FLIPS = { horizontal: 'horizontal', vertical: 'vertical', both: 'horizontal_and_vertical' } as const;

/** Layers between the pictures and the model, one a line; none where pictures are not changed. @param range of the scaled pixels */
export function augmentationLayers(augmentation: Augmentation, range: readonly [number, number]): string[] {
  const { flip, shift, crop, rotation, zoom, brightness, contrast, cutout } = augmentation;
  const [low, high] = range;
  const value_range = code(`(${low}, ${high})`);
  return [
    ...(flip === 'none' ? [] : [invoke('layers.RandomFlip', [FLIPS[flip]])]),
    ...(shift > 0 ? [invoke('layers.RandomTranslation', [shift, shift])] : []),
    ...(crop > 0 ? [invoke('layers.RandomZoom', [code(`(-${crop}, 0)`)])] : []),
    ...(rotation > 0 ? [invoke('layers.RandomRotation', [rotation])] : []),
    ...(zoom > 0 ? [invoke('layers.RandomZoom', [zoom])] : []),
    ...(brightness > 0 ? [invoke('layers.RandomBrightness', [brightness], { value_range })] : []),
    ...(contrast > 0 ? [invoke('layers.RandomContrast', [contrast], { value_range })] : []),
    ...(cutout > 0 ? [invoke('layers.RandomErasing', [], { scale: code(`(${cutout} ** 2, ${cutout} ** 2)`), fill_value: (low + high) / 2, value_range })] : [])
  ];
}

/** What Tsugiki does otherwise, a comment a line. */
export function augmentationRemarks(augmentation: Augmentation): string[] {
  const { crop, cutout, variants, mixup } = augmentation;
  return [
    ...(crop > 0 ? ['# Keras enlarges the middle; Tsugiki a window anywhere in the picture.'] : []),
    ...(cutout > 0 ? ["# Keras' hole has any shape of that area; Tsugiki's is a square."] : []),
    ...(variants > 0 && changesPictures(augmentation) ? [`# Tsugiki keeps ${variants} changed variant${variants > 1 ? 's' : ''} of each picture below the freeze line; here they are changed anew in each epoch.`] : []),
    ...(mixup > 0 ? ['# Tsugiki blends what enters the part that learns: features where layers are frozen.'] : [])
  ];
}

/** Batches for mixup: fit's own knows nothing of pairs. */
export const MIXED = `class Mixed(keras.utils.PyDataset):
    """Batches blended in pairs with their labels (mixup, Zhang et al. 2018)."""

    def __init__(self, x, y, batch_size, alpha, shuffle):
        super().__init__()
        self.x, self.y, self.batch_size, self.alpha, self.shuffle = x, y, batch_size, alpha, shuffle
        self.order = np.arange(len(x))
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, index):
        own = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        partner = np.random.permutation(own)
        share = np.float32(np.random.beta(self.alpha, self.alpha))
        return tuple(share * v[own] + (1 - share) * v[partner] for v in (self.x, self.y))

    def on_epoch_end(self):
        if self.shuffle:
            np.random.shuffle(self.order)`;
