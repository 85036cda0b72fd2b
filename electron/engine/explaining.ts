/** Why the open model answers as it does: heatmaps, what layers see, pictures that are alike. */
import { type ActivationRequest, type Activations, type FeatureMap, type Heatmap, type Neighbours, type Picture, type PictureSet, type Places, type Subject, TsugikiError } from '../contract';
import type { JobContext } from './context';
import { evenlyByClass, spread } from './data/sampling';
import { channelMaps } from './evaluation/activations';
import { softmax } from './evaluation/answers';
import { Features } from './evaluation/features';
import { bestMapLayer, GradCam, heatOf, mapLayers } from './evaluation/grad-cam';
import { LastFew } from './evaluation/last-few';
import { nearestTo } from './evaluation/neighbours';
import { inSquare, umap } from './evaluation/plane';
import { principalComponents } from './evaluation/principal-components';
import { Inference, type InputSpec } from './graph/inference';
import { BEST } from './jobs/classify';
import { findWeights } from './jobs/weights';
import { attachHead } from './model/head';
import { initialWeights } from './model/initial-weights';
import type { Network, Weights } from './model/layers';
import { mobileNetV2 } from './model/mobilenet-v2';
import type { TrainedModel } from './model/model-folder';
import { loadWeights } from './model/weight-file';
import { readPicture } from './runtime/images';
import type { Desk } from './desk';
import type { Understander } from './understanding';

/** Of the sample that the map shows: the same pictures each time. */
const SEED = 0;

/** A network that runs, and what its pixels go through. */
interface Runnable {
  readonly network: Network;
  readonly weights: Weights;
  readonly input: InputSpec;
}

export class Explainer {
  /** Of the model whose programs and features are kept. */
  #weights: Weights | null = null;
  #features: Features | null = null;
  readonly #gradCams = new LastFew<GradCam>(2);
  readonly #trainedLayers = new LastFew<Inference>(4);
  readonly #freshLayers = new LastFew<Inference>(4);
  #fresh: { readonly key: string; readonly network: Network; readonly weights: Weights } | null = null;

  constructor(readonly desk: Desk, readonly understander: Understander) {}

  /**
   * @param index of a class; null for the most probable
   * @param layer null for the deepest that tells places apart
   * @throws TsugikiError no_such_layer, no_model, picture_unreadable
   */
  async heatmap(subject: Subject, index: number | null, layer: string | null, context: JobContext): Promise<Heatmap> {
    const { network, weights, meta } = this.#current();
    const layers = mapLayers(network);
    const at = layer === null ? bestMapLayer(layers) : layers.find(({ name }) => name === layer);
    if (!at) throw unknownLayer(layer ?? '');
    // Before waiting for the pixels: by then another model may be open.
    const program = this.#gradCams.get(at.name, () => new GradCam(network, weights, meta, at.name));
    const { scores, ...evidence } = program.look(await this.#pixels(subject, meta.imageSize, context), index);
    const answers = [...softmax(scores, meta.temperature)].map((probability, i) => ({ class: i, label: meta.classNames[i] ?? '', probability }));
    const asked = answers[evidence.class];
    if (!asked) throw new Error(`The model has no class ${evidence.class}.`);
    const channels = evidence.map.length / (at.height * at.width);
    return {
      width: at.width, height: at.height, values: heatOf(evidence, channels), ...asked,
      top: answers.sort((a, b) => b.probability - a.probability).slice(0, BEST), layer: at.name, layers
    };
  }

  /** @throws TsugikiError no_such_layer, no_model where it shall be trained, weights_missing, weights_not_found */
  async activations({ subject, layer: name, trained, ...wish }: ActivationRequest, context: JobContext): Promise<Activations> {
    const model = trained ? this.#current() : null;
    const fits = model !== null && model.meta.alpha === wish.alpha && model.meta.inputSize === wish.inputSize && model.meta.scale === wish.scale;
    const { network, weights, input } = fits ? { ...model, input: model.meta } : await this.#untrained(wish, context);
    const layer = network.layers.find((one) => one.name === name);
    if (!layer || layer.type === 'InputLayer') throw unknownLayer(name);
    const key = JSON.stringify([wish, input.imageSize, name]);
    const program = (fits ? this.#trainedLayers : this.#freshLayers).get(key, () => Inference.compile(network, weights, input, [name], { lanes: 1 }));
    const [values] = program.run(await this.#pixels(subject, input.imageSize, context), 1) as [Float32Array];
    return { layer: name, trained: fits, ...channelMaps(values, layer.outputShape) };
  }

  /** Among the pictures that were trained on, evenly spread where there are more than can be kept. */
  async neighbours(subject: Subject, count: number, context: JobContext): Promise<Neighbours> {
    const { meta } = this.#current();
    const features = this.#featuresNow();
    const { dataset } = this.desk;
    const asked = features.ofOne(await this.#pixels(subject, meta.imageSize, context));
    const pictures = spread((await this.understander.choose('train')).pictures, features.most);
    const seen = await features.of(pictures, dataset, context);
    const itself = subject.kind === 'picture' && !subject.own ? subject.id : null;
    const may = (row: number): boolean => pictures[row]?.id !== itself && !dataset.unreadable.has(pictures[row]?.id ?? -1);
    return nearestTo(asked.vector, seen.map(({ vector }) => vector), count, may).map(({ row, distance }) => {
      const { id, class: own } = pictures[row] as Picture;
      return { id, class: own, distance };
    });
  }

  /** At most `limit` pictures of a set, of every class alike, along their two principal components. */
  async map(set: PictureSet, limit: number, context: JobContext): Promise<FeatureMap> {
    const { meta } = this.#current();
    const { dataset, pictures: all } = await this.understander.choose(set);
    const sample = evenlyByClass(all, (picture) => picture.class, limit, SEED);
    const seen = await this.#featuresNow().of(sample, dataset, context);
    const readable = sample.map(({ id }) => !dataset.unreadable.has(id));
    const [pictures, shown] = [sample.filter((_, i) => readable[i]), seen.filter((_, i) => readable[i])];
    const rows = shown.map(({ vector }) => vector);
    const pca = await principalComponents(rows, context);
    const names = new Map(dataset.project.state.header.classes.map(({ id, name }) => [id, name]));
    return {
      id: Int32Array.from(pictures, ({ id }) => id),
      label: Int32Array.from(pictures, (picture) => meta.classNames.indexOf(names.get(picture.class) ?? '')),
      predicted: Int32Array.from(shown, ({ predicted }) => predicted),
      pca: { ...inSquare(pca), explained: pca.explained },
      of: all.length
    };
  }

  /** The pictures of such a map laid out by UMAP, in the order of their ids. @throws TsugikiError unknown_picture, no_own_set, no_model; StoppedError */
  async layOut(own: boolean, ids: Int32Array, context: JobContext): Promise<Places> {
    this.#current();
    const dataset = this.understander.dataset(own);
    const seen = await this.#featuresNow().of(Array.from(ids, (id) => dataset.picture(id)), dataset, context);
    const rows = seen.map(({ vector }) => vector);
    return inSquare(await umap(rows, context));
  }

  /** The open model. What was made of one with other weights is let go. */
  #current(): TrainedModel {
    const { model } = this.desk.classifier;
    if (model.weights !== this.#weights) {
      this.#gradCams.clear();
      this.#trainedLayers.clear();
      this.#features?.dispose();
      this.#features = null;
      this.#weights = model.weights;
    }
    return model;
  }

  #featuresNow(): Features {
    return (this.#features ??= new Features(this.#current()));
  }

  /** The base as a recipe begins with it, pooled. Pixels come as training gets them: small pictures as they are. */
  async #untrained({ alpha, inputSize, scale, weights: source }: Omit<ActivationRequest, 'subject' | 'layer' | 'trained'>, context: JobContext): Promise<Runnable> {
    const input = { imageSize: this.desk.dataset.pictureSize ?? inputSize, inputSize, scale };
    const file = await findWeights(source, alpha, context);
    const key = JSON.stringify([file, alpha, inputSize]);
    if (this.#fresh?.key !== key) {
      this.#freshLayers.clear();
      const base = mobileNetV2({ alpha, inputSize });
      this.#fresh = { key, network: attachHead(base, [], 1), weights: file ? await loadWeights(base, file) : initialWeights(base, SEED) };
    }
    return { network: this.#fresh.network, weights: this.#fresh.weights, input };
  }

  /** A subject as the network's input takes it, [size, size, 3]. */
  async #pixels(subject: Subject, size: number, context: JobContext): Promise<Uint8Array> {
    if (subject.kind === 'file') return readPicture(subject.bytes, size, size).pixels;
    return this.understander.dataset(subject.own).few([subject.id], size, context);
  }
}

const unknownLayer = (layer: string): TsugikiError => new TsugikiError('no_such_layer', `There is nothing to see in "${layer}" yet: it belongs to the head, which has to be trained first, or it is no layer of the network. Choose another.`, { layer });
