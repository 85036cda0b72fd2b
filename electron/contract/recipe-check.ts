/** Whether something is a recipe, and every mistake in it as a sentence that names the key. */
import * as v from 'valibot';
import { because, type ErrorShape } from './errors';
import { type Recipe, RecipeSchema } from './recipe';

/** Keys of the printed result that a phase's name would overwrite. */
const RESERVED = ['images', 'test_images', 'size', 'scale', 'tested_on', 'tsugiki', 'tensorflow', 'data', 'model', 'stopped', 'peak_rss_mib'];

export type Checked = { readonly recipe: Recipe; readonly problems?: never } | { readonly recipe?: never; readonly problems: readonly ErrorShape[] };

/** The recipe with the lesson's value where it says nothing, or one sentence a mistake. */
export function checkedRecipe(value: unknown): Checked {
  // To valibot a list is an object too.
  const parsed = v.safeParse(RecipeSchema, Array.isArray(value) ? 'a list' : value);
  const problems = parsed.success ? nameProblems(parsed.output) : parsed.issues.map((issue) => problemOf(issue, value));
  return parsed.success && problems.length === 0 ? { recipe: parsed.output } : { problems };
}

function nameProblems({ phases }: Recipe): ErrorShape[] {
  const names = phases.map((phase) => phase.name);
  return names.flatMap((name, i) => {
    if (names.indexOf(name) !== i) return [because('recipe_same_name', `phases[${i}].name: there is another phase named "${name}"; give each its own name.`, { key: `phases[${i}].name`, name })];
    if (RESERVED.includes(name)) return [because('recipe_reserved_name', `phases[${i}].name: "${name}" has another meaning in the results; choose another name.`, { key: `phases[${i}].name`, name })];
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

/** What is wrong, by what valibot calls it. */
const CODES: Record<string, string> = {
  number: 'recipe_number', string: 'recipe_text', boolean: 'recipe_true_or_false', array: 'recipe_list', strict_object: 'recipe_object', record: 'recipe_object',
  integer: 'recipe_whole_number', min_value: 'recipe_at_least', max_value: 'recipe_at_most', gt_value: 'recipe_above', lt_value: 'recipe_below',
  picklist: 'recipe_one_of', literal: 'recipe_one_of', variant: 'recipe_one_of', union: 'recipe_class_weight',
  min_length: 'recipe_least_items', max_length: 'recipe_most_items', regex: 'recipe_phase_name', check: 'recipe_two_clipnorms'
};

function problemOf(issue: v.BaseIssue<unknown>, recipe: unknown): ErrorShape {
  const path = pathOf(issue);
  const [message, key] = [sentence(issue, recipe), dotted(path)];
  if (issue.expected === 'never') return because('recipe_unknown_key', message, { key, known: knownKeys(path.slice(0, -1), recipe).join(', ') });
  if (issue.type === 'strict_object' && issue.received === 'undefined') return because('recipe_missing_key', message, { key });
  if (path.length === 0) return because('recipe_no_object', message);
  const received = (issue.received ?? '').replace(/^Array$/, '[…]').replace(/^Object$/, '{…}');
  const options = (issue.expected ?? '').replace(/[()]/g, '').replaceAll(' | ', ', ');
  return because(CODES[issue.type] ?? 'recipe_wrong', message, { key, received, options, limit: String(issue.requirement ?? '') });
}

const pathOf = (issue: v.BaseIssue<unknown>): (string | number)[] => (issue.path ?? []).map((item) => item.key as string | number);

function sentence(issue: v.BaseIssue<unknown>, recipe: unknown): string {
  const path = pathOf(issue);
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
