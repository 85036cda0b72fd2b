/** All sentences of the window, each a function of what it tells. */
import { markPhrases } from './lib/phrases';
import { m as sentences } from './paraglide/messages';
import { getLocale } from './paraglide/runtime';

const breaksByItself = typeof CSS === 'undefined' || CSS.supports('word-break', 'auto-phrase');

type Sentence = (...inputs: unknown[]) => string;

/** Each sentence with its phrases marked while the window speaks Japanese. */
const marked = (): typeof sentences =>
  Object.fromEntries(
    Object.entries(sentences as unknown as Record<string, Sentence>).map(([key, sentence]): [string, Sentence] => [
      key,
      (...inputs) => (getLocale() === 'ja' ? markPhrases(sentence(...inputs)) : sentence(...inputs))
    ])
  ) as unknown as typeof sentences;

export const m = breaksByItself ? sentences : marked();
