/** `inspect`: the layers of a network, as Keras' summary lists them. */
import { type Layer, type Network, sizeOf } from '../../engine/model/layers';
import { type ModelMeta, networkOf } from '../../engine/model/model-folder';
import { openModel } from '../open-model';
import { pathHere } from '../places';
import { readRecipe } from '../recipe-file';
import type { Invocation } from '../usage';
import { asJson, type Console, type ExitCode, table } from './command';

const parameters = (layer: Layer): number => layer.weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0);

export async function inspectCommand({ options }: Invocation<'inspect'>, { terminal, print }: Console): Promise<ExitCode> {
  const { network, meta } = options.model === undefined ? fromRecipe(options.recipe) : await openModel(options.model, terminal);
  const total = network.layers.reduce((sum, layer) => sum + parameters(layer), 0);
  if (options.json) {
    const layers = network.layers.map((layer) => ({ name: layer.name, type: layer.type, part: layer.part, output_shape: layer.outputShape, parameters: parameters(layer) }));
    print(asJson({ ...meta, parameters: total, layers }));
  } else print([...(meta ? [describe(meta), ''] : []), summary(network), '', `${total} parameters in ${network.layers.length} layers`].join('\n'));
  return 0;
}

/** The tutorial's ten classes stand in for those that only the data would tell. */
function fromRecipe(file: string | undefined): { network: Network; meta: ModelMeta | null } {
  const { alpha, inputSize, head } = readRecipe(file === undefined ? null : pathHere(file));
  const classNames = Array.from({ length: 10 }, (_, i) => `class ${i}`);
  return { network: networkOf({ alpha, inputSize, head, classNames }), meta: null };
}

const summary = (network: Network): string =>
  table([['Layer', 'Type', 'Output shape', 'Parameters'], ...network.layers.map((layer) => [layer.name, layer.type, layer.outputShape.join(' x '), parameters(layer)])]);

const describe = ({ backbone, alpha, inputSize, scale, classNames, trained }: ModelMeta): string =>
  `${backbone} alpha ${alpha}, input ${inputSize} x ${inputSize}, pixels ${scale}, ${classNames.length} classes (${classNames.join(', ')}); trained on ${trained.data}, ${trained.date}` +
  (trained.testAccuracy === null ? '' : `, test accuracy ${trained.testAccuracy.toFixed(4)}`);
