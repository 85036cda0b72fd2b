/** Runs in words: what one is called, what its recipe does differently, how it ended; and several side by side. */
import type { Phase, Recipe, RunCard } from '../../electron/contract';
import { m } from '../m';
import { preferences } from '../state/preferences.svelte';
import { phaseDifferences, recipeDifferences } from './differences';
import { count, percent, plain } from './format';
import { OPTIMIZER_NAMES } from './optimizers';
import { nameOf, phaseName } from './words';

/** What the person calls it, else when it was trained. */
export function runName({ name, started }: RunCard): string {
  if (name !== null) return name;
  return started === null ? m.run_unbegun() : new Intl.DateTimeFormat(preferences.locale, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(started));
}

/** How a run ended that did not come to its end; null for one that did, or is at it. A model from elsewhere was never in training here. */
export function runEnd({ status, resumable, opened }: RunCard): string | null {
  if (opened !== undefined) return m.run_from_elsewhere();
  if (status === 'failed') return m.run_failed();
  if (status === 'interrupted') return m.run_interrupted();
  return status === 'finished' && resumable ? m.run_stopped() : null;
}

/** One setting as it is told. */
interface Fact {
  readonly key: string;
  readonly label: string;
  readonly value: string;
}

const headWords = ({ head }: Recipe): string => head.map((layer) => ('units' in layer ? count(layer.units) : `${m.head_dropout()} ${percent(layer.dropout)}`)).join(', ') || '–';

function startWords(weights: string): string {
  if (weights === 'auto') return m.weights_auto();
  return weights === 'random' ? m.weights_random() : nameOf(weights);
}

function lineWords(phase: Phase): string {
  if (phase.trainable) return m.from_list();
  if (phase.trainableFrom === null) return m.from_none();
  return phase.trainableFrom === 'all' ? m.from_all() : phase.trainableFrom;
}

function phaseFacts(recipe: Recipe, phase: Phase, index: number): Fact[] {
  const fact = (key: string, label: string, value: string): Fact => ({ key: `${index} ${key}`, label: recipe.phases.length > 1 ? m.run_phase_setting({ phase: phaseName(phase.name), setting: label }) : label, value });
  return [
    fact('from', m.setting_from(), lineWords(phase)),
    fact('epochs', m.setting_epochs(), count(phase.epochs)),
    fact('optimizer', m.setting_optimizer(), OPTIMIZER_NAMES[phase.optimizer.name]),
    fact('rate', m.setting_learning_rate(), plain(phase.optimizer.learningRate)),
    fact('more', m.run_more(), phaseDifferences(phase, recipe).join(', ') || '–')
  ];
}

/** All settings of a run that people tell apart. */
function factsOf({ recipe, weights }: Pick<RunCard, 'recipe' | 'weights'>): Fact[] {
  return [
    { key: 'size', label: m.setting_input_size(), value: `${recipe.inputSize} px` },
    { key: 'scale', label: m.setting_scale(), value: recipe.scale },
    { key: 'alpha', label: m.setting_alpha(), value: plain(recipe.alpha) },
    { key: 'weights', label: m.setting_weights(), value: startWords(weights) },
    { key: 'head', label: m.head_title(), value: headWords(recipe) },
    { key: 'batch', label: m.setting_batch_size(), value: count(recipe.batchSize) },
    { key: 'limit', label: m.setting_limit(), value: count(recipe.limit) },
    { key: 'split', label: m.setting_validation_split(), value: plain(recipe.validationSplit) },
    { key: 'seed', label: m.setting_seed(), value: plain(recipe.seed) },
    { key: 'recipe', label: m.run_more(), value: recipeDifferences(recipe).join(', ') || '–' },
    { key: 'phases', label: m.run_phases(), value: recipe.phases.map(({ name }) => phaseName(name)).join(', ') },
    ...recipe.phases.flatMap((phase, index) => phaseFacts(recipe, phase, index))
  ];
}

/** What a run did differently from the one before it; of the first one, what it is. */
export function runChanges(card: RunCard, before: RunCard | null): string {
  const facts = factsOf(card);
  if (card.opened !== undefined) return [nameOf(card.opened), ...facts.filter(({ key }) => ['size', 'scale', 'alpha'].includes(key)).map(({ label, value }) => `${label} ${value}`)].join(', ');
  if (!before) return facts.filter(({ key }) => ['size', 'scale', 'alpha', 'phases'].includes(key)).map(({ label, value }) => `${label} ${value}`).join(', ');
  const known = new Map(factsOf(before).map(({ key, value }) => [key, value]));
  // What a phase sets that was not there before goes without saying: that it is there is said.
  const changed = facts.filter(({ key, value }) => known.has(key) && known.get(key) !== value);
  return changed.map(({ label, value }) => `${label} ${value}`).join(', ') || m.run_same();
}

export interface Comparison {
  /** Settings that are not the same in all runs, by name. */
  readonly settings: readonly string[];
  /** By run: the values of these settings; "–" where it has no such phase. */
  readonly values: readonly (readonly string[])[];
}

export function compared(cards: readonly RunCard[]): Comparison {
  const all = cards.map((card) => new Map(factsOf(card).map((fact) => [fact.key, fact])));
  const keys = [...new Set(all.flatMap((facts) => [...facts.keys()]))].filter((key) => new Set(all.map((facts) => facts.get(key)?.value)).size > 1);
  return {
    settings: keys.map((key) => all.find((facts) => facts.has(key))?.get(key)?.label ?? key),
    values: all.map((facts) => keys.map((key) => facts.get(key)?.value ?? '–'))
  };
}
