/** The languages that Tsugiki speaks, each named in itself. How to add one: docs/languages.md. */
export const LANGUAGES = { en: 'English', ja: '日本語' } as const;
export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as [Language, ...Language[]];

/** @param tag BCP 47, as the system names its language: "ja-JP" */
export const languageOf = (tag: string): Language => LANGUAGE_TAGS.find((language) => tag === language || tag.startsWith(`${language}-`)) ?? 'en';
