/** Names and half-sentences that several places share. */
import type { NetworkInfo, Phase, StageProgress } from '../../electron/contract';
import { m } from '../m';
import { getLocale } from '../paraglide/runtime';
import { bytes, count } from './format';

/** The phases of the tutorial have names in the reader's language; others keep their own. */
export function phaseName(name: string): string {
  if (name === 'frozen') return m.phase_frozen();
  if (name === 'fine_tune') return m.phase_fine_tune();
  return name;
}

/** What trains in a phase, in a sentence. */
export function phaseHint(phase: Phase): string {
  if (phase.trainable) return m.phase_hint_list();
  if (phase.trainableFrom === null) return m.phase_hint_frozen();
  if (phase.trainableFrom === 'all') return m.phase_hint_all();
  return m.phase_hint_partly({ layer: phase.trainableFrom });
}

export function stageName(stage: StageProgress['stage']): string {
  const names: Record<StageProgress['stage'], () => string> = {
    download: m.stage_download,
    unpack: m.stage_unpack,
    read: m.stage_read,
    decode: m.stage_decode,
    weights: m.stage_weights,
    compile: m.stage_compile,
    features: m.stage_features,
    evaluate: m.stage_evaluate,
    save: m.stage_save,
    export: m.stage_export,
    learning_rate: m.stage_learning_rate,
    health: m.stage_health,
    doubts: m.stage_doubts,
    copy: m.stage_copy,
    classify: m.stage_classify,
    measure: m.stage_measure,
    map: m.stage_map
  };
  return names[stage]();
}

/** "34 MB of 170 MB"; empty while nothing can be counted. */
export function stageAmount(stage: StageProgress): string {
  if (stage.total === 0) return '';
  if (stage.unit === 'bytes') return m.stage_of_bytes({ done: bytes(stage.done), total: bytes(stage.total) });
  return stage.unit === 'parts' ? '' : m.stage_of({ done: count(stage.done), total: count(stage.total) });
}

/** Where the network's starting weights come from. */
export function weightsSentence(network: NetworkInfo): string {
  if (network.weights === 'embedded') return m.weights_now_embedded();
  if (network.weights === 'imagenet') return m.weights_now_imagenet();
  if (network.weights === 'random') return m.weights_now_random();
  return m.weights_now_file({ name: network.weights });
}

/** Sentences one after the other: Japanese puts no space after its full stop. */
export const inARow = (...sentences: readonly string[]): string => sentences.filter(Boolean).join(getLocale() === 'ja' ? '' : ' ');

export const nameOf = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
