/**
 * Where a Japanese line may break: between phrases, never inside a word. Newer Chromium does it itself (`word-break: auto-phrase`);
 * for older ones the places are marked with zero-width spaces, and `word-break: keep-all` forbids all others.
 */
const BREAK = '\u200b';
const NO_BREAK_SPACE = '\u00a0';
const REMEMBERED = 1000;

const words = new Intl.Segmenter('ja', { granularity: 'word' });
const endsInHiragana = /\p{Script=Hiragana}$/u;
/** Half of a word: an honorific (お試し), or the first of two verbs grown together (読み込む). */
const goesOn = /^(お|ご|\p{Script=Han}[いきしみり])$/u;
const beginsPhrase = /^[\p{Script=Han}\p{Script=Katakana}\p{Script=Latin}\p{N}「（]/u;
const isHiragana = /^(?![っゃゅょん])[\p{Script=Hiragana}ー]{2,}$/u;
/** After these a word in hiragana begins a phrase of its own; after others it is an ending. */
const particle = /[をはがも]$/;

/** The text as it is written elsewhere: in files and their names. */
export const unmarked = (text: string): string => text.replaceAll(BREAK, '').replaceAll(NO_BREAK_SPACE, ' ');

const known = new Map<string, string>();

/** The text with its phrases marked. A phrase ends where hiragana ends: particles and endings stay with their word. */
export function markPhrases(text: string): string {
  const done = known.get(text);
  if (done !== undefined) return done;
  let marked = '';
  let before = '';
  // A figure or a Latin name is not torn from the word that follows it.
  for (const { segment } of words.segment(text.replace(/(?<=[\p{Script=Latin}\p{N}%)]) (?=[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}])/gu, NO_BREAK_SPACE))) {
    const begins = beginsPhrase.test(segment) || (isHiragana.test(segment) && particle.test(before));
    if (begins && endsInHiragana.test(before) && !goesOn.test(before)) marked += BREAK;
    marked += segment;
    before = segment;
  }
  if (known.size >= REMEMBERED) known.clear();
  known.set(text, marked);
  return marked;
}
