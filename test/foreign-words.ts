/** Words of another language in a Japanese sentence. */

/** Names that Japanese writes in Latin letters, too: of programs, formats, files, and of what stands in a table or a recipe. */
const NAMES =
  /Tsugiki|Teachable Machine|Download samples|TensorFlow(\.js)?|MobileNetV2|ImageNet|Keras|Dense|Rescaling|ReLU|CIFAR-\d+|MNIST|JPEG|WebP|AVIF|HEIC|HDF5|JSON|UTF-8|clipnorm|globalClipnorm|classWeight|alpha|layer_names|float32|batchSize|images?|label|class|category|path|file(name)?|pictures|data|true|false|balanced|\.keras|tsugiki\.json|model\.json|project\.tsugiki|changes\.jsonl|train-images-idx3-ubyte|tar\.gz|model\.save\("model\.keras"\)/g;

/** Latin words of four letters or more that are no names. @param quoted names and paths of this sentence's own */
export function foreignWords(sentence: string, quoted: readonly string[] = []): string[] {
  const own = [...quoted].sort((a, b) => b.length - a.length).reduce((text, name) => (name === '' ? text : text.replaceAll(name, '')), sentence);
  return own.replace(NAMES, '').match(/[A-Za-z]{4,}/g) ?? [];
}
