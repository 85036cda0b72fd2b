/** The coach's advice in words: the sentence with its evidence, and the button that applies it. */
import { m } from '../m';
import type { Advice, AdviceId } from './coach';
import { count, decimal, percent, plain } from './format';
import { phaseName } from './words';

interface Words {
  readonly sentence: string;
  readonly action: string;
}

type Teller = (figure: (name: string) => number, phase: string) => Words;

const loss = (value: number): string => decimal(value, 2);

const rateAction = (figure: (name: string) => number): string => m.coach_rate_action({ rate: plain(figure('rate')) });

const TELLERS: Record<AdviceId, Teller> = {
  diverged: (f, phase) => ({ sentence: m.coach_diverged({ phase, from: plain(f('from')) }), action: rateAction(f) }),
  rate_high: (f, phase) => ({ sentence: m.coach_rate_high({ phase, lowest: loss(f('lowest')), loss: loss(f('loss')), from: plain(f('from')) }), action: rateAction(f) }),
  no_better_than_chance: (f, phase) => ({
    sentence: m.coach_no_better_than_chance({ phase, epochs: f('epochs'), accuracy: percent(f('accuracy'), 1), chance: percent(f('chance')), from: plain(f('from')) }), action: rateAction(f)
  }),
  rate_low: (f, phase) => ({ sentence: m.coach_rate_low({ phase, from: decimal(f('from'), 3), to: decimal(f('to'), 3), now: plain(f('now')) }), action: rateAction(f) }),
  dead_features: (f) => ({ sentence: m.coach_dead_features({ size: f('size'), share: percent(f('share')) }), action: m.coach_better_action({ to: f('to') }) }),
  small_input: (f) => ({ sentence: m.coach_small_input({ size: f('size'), map: f('map') }), action: m.coach_better_action({ to: f('to') }) }),
  scale: (f) => ({ sentence: m.coach_scale({ accuracy: decimal(f('accuracy'), 2) }), action: m.coach_scale_action() }),
  unfreezing: (f, phase) => ({ sentence: m.coach_unfreezing({ phase, before: loss(f('before')), after: loss(f('after')) }), action: m.coach_keep_bn_action() }),
  overfitting: (f, phase) => ({
    sentence: m.coach_overfitting({ phase, count: f('count'), from: loss(f('from')), to: loss(f('to')), training: loss(f('training')) }), action: m.coach_overfitting_action({ patience: f('patience') })
  }),
  few_pictures: (f, phase) => ({
    sentence: m.coach_few_pictures({ phase, each: count(f('each')), training: percent(f('training')), validation: percent(f('validation')) }),
    action: f('augment') > 0 ? m.coach_augment_action() : m.coach_keep_bn_action()
  }),
  uneven: (f) => ({ sentence: m.coach_uneven({ most: count(f('most')), least: count(f('least')) }), action: m.coach_uneven_action() }),
  variants: (f) => ({ sentence: m.coach_variants({ count: f('count') }), action: m.coach_variants_action({ fewer: f('fewer') }) }),
  longer: (f, phase) => ({ sentence: m.coach_longer({ phase, before: decimal(f('before'), 3), last: decimal(f('last'), 3) }), action: m.coach_longer_action({ epochs: f('epochs') }) })
};

export const adviceWords = ({ id, figures, phase }: Advice): Words => TELLERS[id]((name) => figures[name] ?? 0, phaseName(phase));
