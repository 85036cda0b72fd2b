/** A recipe from a JSON file, and every mistake in it as a sentence that names the key. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import * as v from 'valibot';
import { type Recipe, RecipeSchema, tutorialRecipe } from '../contract';
import { UsageError } from './usage';

/** Keys of the printed result that a phase's name would overwrite. */
const RESERVED = ['images', 'test_images', 'size', 'scale', 'tested_on', 'tsugiki', 'tensorflow', 'data', 'model', 'stopped', 'peak_rss_mib'];

/** The tutorial's recipe, or the one in `path`; `initialWeights` is taken relative to the recipe's own folder. */
export function readRecipe(path: string | null): Recipe {
  if (path === null) return tutorialRecipe();
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String((error as Error).message);
    throw new UsageError(`The recipe ${path} cannot be read: ${reason}.`, { path });
  }
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new UsageError(`The recipe ${path} is not JSON: ${(error as Error).message}.`, { path });
  }
  const recipe = checkRecipe(value, path);
  const { initialWeights } = recipe;
  return initialWeights === null || isAbsolute(initialWeights) ? recipe : { ...recipe, initialWeights: resolve(dirname(path), initialWeights) };
}

/** @throws UsageError with one sentence a mistake */
export function checkRecipe(value: unknown, path = 'recipe'): Recipe {
  // To valibot a list is an object too.
  const parsed = v.safeParse(RecipeSchema, Array.isArray(value) ? 'a list' : value);
  const problems = parsed.success ? nameProblems(parsed.output) : parsed.issues.map((issue) => sentence(issue, value));
  if (parsed.success && problems.length === 0) return parsed.output;
  throw new UsageError(`The recipe ${path} cannot be used.\n${problems.map((problem) => `  ${problem}`).join('\n')}`, { path, detail: problems.join(' ') });
}

function nameProblems({ phases }: Recipe): string[] {
  const names = phases.map((phase) => phase.name);
  return names.flatMap((name, i) => {
    if (names.indexOf(name) !== i) return [`phases[${i}].name: there is another phase named "${name}"; give each its own name.`];
    if (RESERVED.includes(name)) return [`phases[${i}].name: "${name}" has another meaning in the results; choose another name.`];
    return [];
  });
}

type Path = readonly (string | number)[];

const dotted = (path: Path): string =>
  path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`), '');

/** What valibot's schemas of objects, lists, choices and defaults have of each other, as far as a walk along a path needs it. */
interface Walked {
  readonly entries?: Record<string, Walked>;
  readonly item?: Walked;
  readonly wrapped?: Walked;
  /** Schemas, or the words of a picklist. */
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly getter?: (value: unknown) => Walked;
}

/** The keys that are known in the object at `path` of `recipe`: where there is a choice, those of what was chosen. */
function knownKeys(path: Path, recipe: unknown): string[] {
  const open = (schema: Walked | undefined, value: unknown): Walked | undefined => {
    if (schema?.wrapped) return open(schema.wrapped, value);
    if (schema?.getter) return open(schema.getter(value), value);
    const choice = (schema?.options as readonly Walked[] | undefined)?.find((option) => option.entries?.['name']?.literal === (value as { name?: unknown } | null)?.name);
    return choice ?? schema;
  };
  let [schema, value] = [open(RecipeSchema as unknown as Walked, recipe), recipe];
  for (const key of path) {
    value = (value as Record<string | number, unknown>)[key];
    schema = open(schema?.item ?? schema?.entries?.[key], value);
  }
  return Object.keys(schema?.entries ?? {});
}

function sentence(issue: v.BaseIssue<unknown>, recipe: unknown): string {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const key = dotted(path);
  if (issue.expected === 'never') return `${key} is not a setting of a recipe. Known here: ${knownKeys(path.slice(0, -1), recipe).join(', ')}.`;
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `${key} is missing.`;
  if (path.length === 0) return `A recipe is an object in braces, as { "batchSize": 64 }; this is ${issue.received?.replace(/^"a list"$/, 'a list')}.`;
  const generic = /^Invalid \w+: Expected (.+) but received (.+)$/.exec(issue.message);
  return generic ? `${key} must be ${TYPE_WORDS[generic[1] ?? ''] ?? generic[1]}, not ${generic[2]}.` : withPath(key, issue.message, issue.received);
}

const TYPE_WORDS: Record<string, string> = { Array: 'a list', Object: 'an object', string: 'text', number: 'a number', boolean: 'true or false' };

/** The contract's own sentence begins with the bare name; the path before it says which one. */
function withPath(key: string, message: string, received: string | null): string {
  const said = received ? `${message.replace(/\.$/, '')}; it is ${received}.` : message;
  return said.startsWith(`${key} `) ? said : `${key}: ${said}`;
}
