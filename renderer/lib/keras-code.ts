/** The Keras code of a recipe as the window shows it: by the lesson's steps, and in quiet colours. */

export interface Section {
  /** From 1. */
  readonly step: number;
  /** Its heading included; the imports stand with the first. */
  readonly code: string;
}

/** Where the next step begins. */
const HEADING = /^(?=# \d\. )/m;

export function sectionsOf(code: string): Section[] {
  const [imports = '', ...steps] = code.split(HEADING);
  return steps.map((text, i) => ({ step: i + 1, code: `${i === 0 ? imports : ''}${text}`.trimEnd() }));
}

export type TokenKind = 'comment' | 'string' | 'number' | 'keyword' | 'plain';
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN = new RegExp(
  [
    /(?<comment>#.*)/,
    /(?<string>"""[^]*?"""|f?"(?:\\.|[^"\\])*")/,
    /(?<keyword>\b(?:import|from|as|def|class|return|for|in|if|else|and|or|not|lambda|while|None|True|False|super)\b)/,
    /(?<number>\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)/
  ].map(({ source }) => source).join('|'),
  'g'
);

/** The whole text, piece by piece. */
export function tokensOf(code: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of code.matchAll(TOKEN)) {
    if (match.index > at) tokens.push({ kind: 'plain', text: code.slice(at, match.index) });
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] as TokenKind;
    tokens.push({ kind, text: match[0] });
    at = match.index + match[0].length;
  }
  return at < code.length ? [...tokens, { kind: 'plain', text: code.slice(at) }] : tokens;
}
