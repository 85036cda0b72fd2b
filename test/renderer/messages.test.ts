/** The window's sentences: all languages say everything, with the same figures in them, and nothing that is never shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGE_TAGS } from '../../electron/contract';
import en from '../../renderer/messages/en.json';
import inlang from '../../project.inlang/settings.json';

/** One text, or one for each plural form: Paraglide's variants. */
type Message = string | [{ declarations: string[]; selectors: string[]; match: Record<string, string> }];
const read = (language: string): Record<string, Message> => JSON.parse(readFileSync(join(import.meta.dirname, `../../renderer/messages/${language}.json`), 'utf8'));
const textsOf = (message: Message = ''): string[] => (typeof message === 'string' ? [message] : Object.values(message[0].match));
const languages = Object.fromEntries(LANGUAGE_TAGS.map((language) => [language, read(language)]));
const translations = LANGUAGE_TAGS.filter((language) => language !== 'en');
const keys = Object.keys(en).filter((key) => key !== '$schema');
const RENDERER = join(import.meta.dirname, '../../renderer');
/** Errors and their reasons are looked through in errors.test.ts. */
const ERROR = /^(error|reason)_/;

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(svelte|ts)$/.test(name) && !name.startsWith('paraglide'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

const parameters = (message: Message | undefined): string[] => [...new Set(textsOf(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')))].sort();

describe('messages', () => {
  it('are compiled for every language that can be chosen', () => {
    expect(inlang.locales).toEqual(LANGUAGE_TAGS);
  });

  it.each(translations)('are all there in %s', (language) => {
    expect(Object.keys(languages[language] ?? {}).sort()).toEqual(Object.keys(en).sort());
  });

  it('are never empty', () => {
    for (const [language, texts] of Object.entries(languages)) for (const key of keys) for (const text of textsOf(texts[key])) expect(text.trim(), `${language}: ${key}`).toBeTruthy();
  });

  it.each(translations)('have the same figures in %s', (language) => {
    for (const key of keys.filter((name) => !ERROR.test(name))) {
      expect(parameters(languages[language]?.[key]), key).toEqual(parameters(languages['en']?.[key]));
    }
  });

  it('let a duration run on in Japanese: it ends in a Japanese word', () => {
    const texts = Object.values(languages['ja'] ?? {}).flatMap(textsOf);
    expect(texts.some((text) => text.includes('{time}'))).toBe(true);
    expect(texts.filter((text) => /\{time\} [\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text))).toEqual([]);
  });

  it('are all used, and all that are used exist', () => {
    const used = new Set(sources(RENDERER).flatMap((text) => [...text.matchAll(/\bm\.(\w+)/g)].map((match) => match[1] ?? '')));
    const shown = keys.filter((key) => !ERROR.test(key));
    expect(shown.filter((key) => !used.has(key)), 'never shown').toEqual([]);
    expect([...used].filter((key) => !keys.includes(key)), 'missing').toEqual([]);
  });

  it('speak without exclamation marks', () => {
    for (const texts of Object.values(languages)) expect(keys.filter((key) => textsOf(texts[key]).some((text) => /[!!]/.test(text)))).toEqual([]);
  });
});
