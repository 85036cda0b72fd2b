/** Core ML, `model.mlpackage`: an ML Program for iOS 16, macOS 13 and later, that takes a picture and names its class. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelMeta } from '../model/model-folder';
import { Blobs } from './coreml/blobs';
import { coremlProgram, LABEL, PROBABILITIES } from './coreml/program';
import { type CoremlModel, encodeCoreml, RGB, tensorType } from './coreml/proto';
import { readCoreml } from './coreml/reader';
import { fold, INPUT } from './folded';
import { channelCount, kernelCount, type LoadedExport, type Outlet, type Wanted } from './outlet';

const PACKAGE = 'model.mlpackage';
const DATA = 'com.apple.CoreML';
const MODEL = `${PACKAGE}/Data/${DATA}/model.mlmodel`;
const WEIGHTS = `${PACKAGE}/Data/${DATA}/weights/weight.bin`;
const MANIFEST = `${PACKAGE}/Manifest.json`;

/** What belongs to iOS 16. */
const SPECIFICATION = 7;
const OPSET = 'CoreML6';
/** Operations, with their names and types, and the heads of some 110 weights. */
const PROGRAM_BYTES = 96e3;

async function write({ model: { network, weights, meta }, precision }: Wanted, directory: string): Promise<string[]> {
  const half = precision === 'float16';
  const blobs = new Blobs(half);
  const operations = coremlProgram(fold(network, weights, meta), meta.classNames, blobs, half);
  const { imageSize } = meta;
  const model: CoremlModel = {
    specificationVersion: SPECIFICATION,
    description: description(meta),
    mlProgram: {
      version: 1,
      functions: {
        main: {
          inputs: [{ name: INPUT, type: tensorType('float32', [1, 3, imageSize, imageSize]) }],
          opset: OPSET,
          block_specializations: { [OPSET]: { outputs: [LABEL, PROBABILITIES], operations } }
        }
      }
    }
  };
  const files: [string, string | Uint8Array][] = [[MANIFEST, manifest()], [MODEL, encodeCoreml(model)], [WEIGHTS, blobs.bytes()]];
  for (const [name, content] of files) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return files.map(([name]) => name);
}

const description = ({ imageSize, classNames, threshold, trained }: ModelMeta): object => ({
  input: [{ name: INPUT, shortDescription: 'The picture to classify', type: { imageType: { width: imageSize, height: imageSize, colorSpace: RGB } } }],
  output: [
    { name: LABEL, shortDescription: 'The most probable class', type: { stringType: {} } },
    { name: PROBABILITIES, shortDescription: 'The probability of each class', type: { dictionaryType: { stringKeyType: {} } } }
  ],
  predictedFeatureName: LABEL,
  predictedProbabilitiesName: PROBABILITIES,
  metadata: {
    shortDescription: `Classes of "${trained.data}", trained with Tsugiki`,
    author: 'Tsugiki',
    userDefined: { labels: JSON.stringify(classNames), threshold: JSON.stringify(threshold) }
  }
});

/** What a package says of its files, by names that are nobody else's. */
function manifest(): string {
  const [model, weights] = [randomUUID(), randomUUID()];
  const entry = (name: string, text: string) => ({ author: DATA, description: text, name, path: `${DATA}/${name}` });
  return JSON.stringify(
    { fileFormatVersion: '1.0.0', itemInfoEntries: { [model]: entry('model.mlmodel', 'CoreML Model Specification'), [weights]: entry('weights', 'CoreML Model Weights') }, rootModelIdentifier: model },
    null,
    1
  );
}

const load = async (directory: string): Promise<LoadedExport> => readCoreml(await readFile(join(directory, MODEL)), await readFile(join(directory, WEIGHTS)));

const swiftSnippet = (): string => `
import CoreML
import Vision

// Drag ${PACKAGE} into the Xcode project; Xcode makes the class "model" of it.
let vision = try VNCoreMLModel(for: model(configuration: MLModelConfiguration()).model)
let request = VNCoreMLRequest(model: vision) { request, _ in
    guard let best = (request.results as? [VNClassificationObservation])?.first else { return }
    print(best.identifier, best.confidence)
}
request.imageCropAndScaleOption = .scaleFill
try VNImageRequestHandler(url: URL(fileURLWithPath: "picture.jpg")).perform([request])`;

export const coreml: Outlet = {
  format: 'coreml',
  title: 'Core ML model',
  takes: 'imageSize',
  checkedBy: null,
  estimate: ({ model: { network }, precision }) => (precision === 'float16' ? 2 : 4) * (kernelCount(network) + channelCount(network)) + PROGRAM_BYTES,
  write,
  load,
  snippets: () => [{ language: 'swift', code: swiftSnippet() }],
  inAndOut: [`- In: \`${INPUT}\`, a picture in colour. Vision brings it to the model's size; scaling is inside the model.`, `- Out: \`${LABEL}\`, the most probable class, and \`${PROBABILITIES}\`, the probability of each.`]
};
