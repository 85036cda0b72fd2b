/** Whatever goes wrong is said in the reader's language: every code that main or the engine can send has its sentence, and no param is English. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { because, causeOf, checkedRecipe, type ErrorShape, LANGUAGE_TAGS, type Param, TsugikiError, toErrorShape } from '../../electron/contract';
import { errorSentence } from '../../renderer/lib/errors';
import { unmarked } from '../../renderer/lib/phrases';
import { preferences } from '../../renderer/state/preferences.svelte';
import { foreignWords } from '../foreign-words';

const ROOT = join(import.meta.dirname, '../..');
type Message = string | [{ match: Record<string, string> }];
const messages = (language: string): Record<string, Message> => JSON.parse(readFileSync(join(ROOT, `renderer/messages/${language}.json`), 'utf8'));
const textsOf = (message: Message = ''): string[] => (typeof message === 'string' ? [message] : Object.values(message[0].match));
const all = Object.fromEntries(LANGUAGE_TAGS.map((language) => [language, messages(language)]));
const keysOf = (code: string): string[] => [`error_${code}`, `reason_${code}`].filter((key) => key in (all['en'] ?? {}));

/** An error or a reason as the source makes it. */
interface Site {
  readonly place: string;
  /** Null where it is no text in the source. */
  readonly code: string | null;
  readonly params: readonly string[];
  /** Params that are written out as English: a text of several words, or what somebody else's error says. */
  readonly prose: readonly string[];
}

/** Stopping is never told. */
const SILENT = 'stopped';
/** These pass on, or build from a table, what is made elsewhere. */
const PASSED_ON = ['electron/contract/causes.ts', 'electron/contract/errors.ts', 'electron/contract/recipe-check.ts', 'electron/engine/trying.ts', 'electron/main/engine-host.ts'];

function sitesIn(file: string): Site[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const sites: Site[] = [];
  const isProse = (node: ts.Node): boolean =>
    (ts.isStringLiteralLike(node) && /[a-z] [a-z]/i.test(node.text)) || (ts.isTemplateExpression(node) && /[a-z] [a-z]/i.test(node.getText())) || (ts.isPropertyAccessExpression(node) && node.name.text === 'message');
  const take = (node: ts.Node, code: ts.Expression | undefined, params: ts.Expression | undefined): void => {
    const properties = params && ts.isObjectLiteralExpression(params) ? params.properties : [];
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    sites.push({
      place: `${relative(ROOT, file)}:${line + 1}`,
      code: code && ts.isStringLiteral(code) ? code.text : null,
      params: properties.map((property) => property.name?.getText() ?? '…'),
      prose: properties.flatMap((property) => (ts.isPropertyAssignment(property) && isProse(property.initializer) ? [property.name.getText()] : []))
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'TsugikiError') take(node, node.arguments?.[0], node.arguments?.[2]);
    if (ts.isCallExpression(node) && node.expression.getText() === 'because') take(node, node.arguments[0], node.arguments[2]);
    if (ts.isObjectLiteralExpression(node)) {
      const valueOf = (name: string): ts.Expression | undefined => node.properties.find((property): property is ts.PropertyAssignment => ts.isPropertyAssignment(property) && property.name.getText() === name)?.initializer;
      const code = valueOf('code');
      if (code && ts.isStringLiteral(code) && node.properties.some(({ name }) => name?.getText() === 'message')) take(node, code, valueOf('params'));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sites;
}

const sourcesBelow = (folder: string): string[] => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.startsWith('paraglide')).map((name) => join(ROOT, folder, name));
// What the command line says itself is read in a terminal.
const sites = ['electron/contract', 'electron/engine', 'electron/main', 'renderer'].flatMap(sourcesBelow).flatMap(sitesIn);
const told = sites.filter((site): site is Site & { code: string } => site.code !== null && site.code !== SILENT);
const recipeCodes = [...readFileSync(join(ROOT, 'electron/contract/recipe-check.ts'), 'utf8').matchAll(/'(recipe_\w+)'/g)].map(([, code = '']) => code);

describe('every error that can reach the window', () => {
  it('is found in the source', () => {
    expect(told.length).toBeGreaterThan(180);
    expect(sites.filter(({ code, place }) => code === null && !PASSED_ON.includes(place.split(':')[0] ?? '')).map(({ place }) => place)).toEqual([]);
  });

  it.each(LANGUAGE_TAGS)('has one sentence in %s', (language) => {
    const missing = [...told.map(({ code, place }) => [code, place] as const), ...recipeCodes.map((code) => [code, 'recipe-check.ts'] as const)].filter(([code]) => {
      const [key, ...others] = keysOf(code);
      return key === undefined || others.length > 0 || !(key in (all[language] ?? {}));
    });
    expect(missing).toEqual([]);
  });

  it.each(LANGUAGE_TAGS)('brings all that its sentence tells in %s', (language) => {
    const lacking = told.filter(({ place }) => !PASSED_ON.includes(place.split(':')[0] ?? '')).flatMap(({ code, place, params }) => {
      const wanted = keysOf(code).flatMap((key) => textsOf(all[language]?.[key])).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
      return wanted.filter((name) => name !== 'message' && name !== 'number' && !params.includes(name)).map((name) => `${place} ${code}: ${name}`);
    });
    expect(lacking).toEqual([]);
  });

  it('brings no words that only English has', () => {
    expect(told.filter(({ prose, code }) => prose.length > 0 && code !== 'internal')).toEqual([]);
  });

  it('is the only one that has a sentence', () => {
    const codes = new Set([...told.map(({ code }) => code), ...recipeCodes]);
    const keys = Object.keys(all['en'] ?? {}).filter((key) => /^(error|reason)_/.test(key));
    expect(keys.filter((key) => !codes.has(key.replace(/^(error|reason)_/, '')))).toEqual([]);
  });
});

describe('in Japanese', () => {
  beforeAll(() => preferences.adopt({ locale: 'ja', theme: 'system' }));
  afterAll(() => preferences.adopt({ locale: 'en', theme: 'system' }));

  /** What a sentence quotes: names, paths and figures. */
  const quoted = (param: Param): string[] => (typeof param === 'object' ? (Array.isArray(param) ? param : [param]).flatMap(({ params }: ErrorShape) => Object.values(params).flatMap((each) => quoted(each ?? ''))) : [String(param)]);
  function said(error: unknown): string {
    const shape = toErrorShape(error);
    const sentence = unmarked(errorSentence(shape));
    expect(foreignWords(sentence, Object.values(shape.params).flatMap((each) => quoted(each ?? ''))), sentence).toEqual([]);
    expect(sentence).toMatch(/\p{Script=Hiragana}/u);
    return sentence;
  }

  it('sentences have no words of another language but names', () => {
    const foreign = Object.entries(all['ja'] ?? {}).filter(([key]) => /^(error|reason)_/.test(key)).flatMap(([key, message]) => textsOf(message).flatMap((text) => foreignWords(text.replace(/\{\w+\}/g, '')).map((word) => `${key}: ${word}`)));
    expect(foreign).toEqual([]);
  });

  it('a reason is said inside its sentence', () => {
    const reason = because('disk_full', 'the disk is full');
    expect(said(new TsugikiError('export_not_written', 'x', { path: '/a/b', reason }))).toBe('/a/b に書き出せませんでした（ディスクがいっぱいです）。別のフォルダーを選んでください。');
    expect(said(new TsugikiError('picture_unreadable', 'x', { reason: because('empty_file', 'the file is empty') }))).toBe('画像を読み取れません。ファイルが空です。保存かコピーをやり直してください。');
  });

  it('a recipe is told every mistake in it', () => {
    const recipe = { bathSize: 64, inputSize: 16, scale: '0-1', shuffle: 'yes', head: [{ units: 1.5 }], validationSplit: 1, classWeight: 3, phases: [{ name: 'A', epochs: -1, optimizer: { name: 'adagrad' } }, { name: 'b', epochs: '3', optimizer: { name: 'adam', learningRate: 0 } }, { name: 'c' }, 'd'] };
    const problems = checkedRecipe(recipe).problems ?? [];
    const sentence = said(new TsugikiError('recipe_unusable', 'x', { file: 'mine.json', reason: problems }));
    for (const key of ['bathSize', 'inputSize', 'scale', 'shuffle', 'head[0].units', 'validationSplit', 'classWeight', 'phases[0].name', 'phases[0].epochs', 'phases[0].optimizer', 'phases[1].epochs', 'learningRate', 'phases[2].epochs', 'phases[3]']) expect(sentence).toContain(key);
    expect(problems.map(({ code }) => code)).not.toContain('recipe_wrong');
    expect(sentence).toMatch(/^レシピ mine\.json は使えません。/);
    expect(errorSentence(problems.find(({ code }) => code === 'recipe_at_least') ?? because('', ''))).toBe('「inputSize」は 32 以上にしてください（今は 16）。');
  });

  it('what the system or a parser says is said in Japanese', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsugiki-'));
    writeFileSync(join(folder, 'broken.json'), '{ "batchSize": 64, }');
    const refused = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return error;
      }
    };
    for (const work of [() => readFileSync(join(folder, 'none')), () => readFileSync(folder), () => readdirSync(join(folder, 'broken.json')), () => JSON.parse(readFileSync(join(folder, 'broken.json'), 'utf8')), () => JSON.parse('{'), () => { throw new RangeError('Offset is outside the bounds of the DataView'); }]) {
      said(new TsugikiError('model_unreadable', 'x', { path: folder, reason: causeOf(refused(work)) }));
    }
    expect(causeOf(Object.assign(new Error('ESTRANGE: a code nobody knows'), { code: 'ESTRANGE' })).code).toBe('system');
  });

  it('what nobody expected is told with what a report needs', () => {
    expect(said(new Error('The graph has no node softmax/7.'))).toMatch(/^予期しない問題が起きました：「The graph has no node softmax\/7\.」/);
  });
});
