/** What the command line takes: one table that parses, refuses and prints the help. */
import { parseArgs } from 'node:util';
import { EXPORT_FORMATS, TsugikiError } from '../contract';

/** The command was not understood: exit code 2. */
export class UsageError extends TsugikiError {
  constructor(message: string, params: Record<string, string | number> = {}) {
    super('usage', message, params);
  }
}

interface OptionSpec {
  type: 'string' | 'boolean';
  /** What stands for the value in the help. */
  value?: string;
  help: string;
}

interface CommandSpec {
  summary: string;
  positionals?: { name: string; help: string };
  options: Record<string, OptionSpec>;
}

const DATA: OptionSpec = { type: 'string', value: 'DIR|ARCHIVE|ID', help: 'pictures: a folder, an archive, a CSV, a project, or "sample", "cifar10" or "cifar100"' };
const MODEL: OptionSpec = { type: 'string', value: 'PATH', help: 'the model that train saved, an export of it, or a MobileNetV2 classifier of Keras, TensorFlow.js or Teachable Machine' };
const SCALE: OptionSpec = { type: 'string', value: '0..1|-1..1', help: 'how pixels are scaled, for a model from elsewhere that does not say; left out: -1..1' };
const JSON_OPTION: OptionSpec = { type: 'boolean', help: 'print JSON instead of text; "npm run --silent" prints nothing beside it' };

export const COMMANDS = {
  train: {
    summary: 'train a network by a recipe; without options the tutorial\'s recipe on the best data at hand',
    options: {
      data: { ...DATA, help: `${DATA.help}; left out: CIFAR-10 when it is on this machine, else the sample` },
      weights: { type: 'string', value: 'FILE|ID', help: 'what the base starts from: a Keras no-top .h5, "auto" or "random"; left out: auto' },
      recipe: { type: 'string', value: 'FILE', help: 'the recipe as JSON; left out: the tutorial\'s' },
      out: { type: 'string', value: 'DIR', help: 'where the run and its model are kept; left out: a new folder in tsugiki-runs' },
      resume: { type: 'boolean', help: 'go on from the last whole epoch found in --out' },
      steps: { type: 'boolean', help: 'record loss and accuracy of every step, weight norms and probabilities' },
      json: JSON_OPTION
    }
  },
  'learning-rate': {
    summary: 'try learning rates on one phase of a recipe',
    options: {
      data: { ...DATA, help: `${DATA.help}; left out: CIFAR-10 when it is on this machine, else the sample` },
      weights: { type: 'string', value: 'FILE|ID', help: 'as for train' },
      recipe: { type: 'string', value: 'FILE', help: 'the recipe as JSON; left out: the tutorial\'s' },
      phase: { type: 'string', value: 'NAME', help: 'the phase to try; left out: the first' },
      json: JSON_OPTION
    }
  },
  evaluate: {
    summary: 'test a trained model on the test part of a data set: by class, and which class is taken for which',
    options: {
      model: MODEL,
      scale: SCALE,
      data: { ...DATA, help: `${DATA.help}; without a test part all of it` },
      csv: { type: 'string', value: 'FILE', help: 'write a table of all pictures: class, answer, probability' },
      json: JSON_OPTION
    }
  },
  classify: {
    summary: 'name the classes of pictures',
    positionals: { name: 'PICTURE|FOLDER ...', help: 'picture files, or folders of them' },
    options: {
      model: MODEL,
      scale: SCALE,
      csv: { type: 'string', value: 'FILE', help: 'write the answers as a table' },
      sort: { type: 'string', value: 'DIR', help: 'copy the pictures into class folders, in a new folder there' },
      json: JSON_OPTION
    }
  },
  export: {
    summary: 'write a trained model for use elsewhere, checked against the app',
    options: {
      model: MODEL,
      scale: SCALE,
      format: { type: 'string', value: 'FORMAT', help: EXPORT_FORMATS.join(', ') },
      precision: { type: 'string', value: 'NUMBERS', help: 'float32, float16, uint8, dynamic or int8, as the format has them; left out: float32' },
      out: { type: 'string', value: 'DIR', help: 'the folder to write' },
      data: { ...DATA, help: `${DATA.help}: to check the export on; left out: the sample` },
      json: JSON_OPTION
    }
  },
  'keras-project': {
    summary: 'write a recipe and its pictures as a project that trains in Keras on several GPUs or machines',
    options: {
      data: { ...DATA, help: `${DATA.help}; left out: CIFAR-10 when it is on this machine, else the sample` },
      weights: { type: 'string', value: 'FILE|ID', help: 'as for train' },
      recipe: { type: 'string', value: 'FILE', help: 'the recipe as JSON; left out: the tutorial\'s' },
      model: { ...MODEL, help: `go on from ${MODEL.help}` },
      out: { type: 'string', value: 'DIR', help: 'the folder to write' },
      json: JSON_OPTION
    }
  },
  serve: {
    summary: 'answer over HTTP: POST a picture to /classify, get its classes as JSON; until Ctrl-C',
    options: {
      model: MODEL,
      scale: SCALE,
      port: { type: 'string', value: 'N', help: 'left out: 8500; 0 takes a free one' },
      host: { type: 'string', value: 'ADDRESS', help: 'left out: 127.0.0.1, this machine alone; 0.0.0.0 lets everybody in' },
      'max-megabytes': { type: 'string', value: 'N', help: 'of one request; left out: 32' },
      timeout: { type: 'string', value: 'SECONDS', help: 'until a request is answered or given up; left out: 30' }
    }
  },
  inspect: {
    summary: 'list the layers of a trained model, or of the network a recipe describes',
    options: { model: MODEL, recipe: { type: 'string', value: 'FILE', help: 'the recipe as JSON; left out: the tutorial\'s' }, json: JSON_OPTION }
  },
  datasets: {
    summary: 'list the data sets that are at hand',
    options: { data: { ...DATA, help: 'describe this one instead' }, json: JSON_OPTION }
  }
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;
export type Options<C extends CommandName> = {
  [K in keyof (typeof COMMANDS)[C]['options']]?: (typeof COMMANDS)[C]['options'][K] extends { type: 'boolean' } ? boolean : string;
};
export interface Invocation<C extends CommandName> {
  options: Options<C>;
  positionals: string[];
}

const isCommand = (name: string): name is CommandName => Object.prototype.hasOwnProperty.call(COMMANDS, name);

export function commandName(word: string): CommandName {
  if (isCommand(word)) return word;
  if (word === 'doctor') throw new UsageError('doctor looks after a checkout of Tsugiki: npm run tsugiki -- doctor.');
  throw new UsageError(`There is no command "${word}". The commands are ${Object.keys(COMMANDS).join(', ')} and doctor; "help" tells more.`, { command: word });
}

/** @throws UsageError naming the option that is unknown, or lacks its value */
export function parseCommand<C extends CommandName>(command: C, args: readonly string[]): Invocation<C> {
  const spec: CommandSpec = COMMANDS[command];
  const known = Object.keys(spec.options).map((name) => `--${name}`).join(', ');
  // strict: false, and judged here, so that the sentence is ours and not Node's.
  const { tokens } = parseArgs({ args: [...args], options: spec.options, strict: false, allowPositionals: true, tokens: true });
  const options: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!spec.positionals) throw new UsageError(`${command} does not know what to do with "${token.value}". It takes ${known}.`, { argument: token.value });
      positionals.push(token.value);
    }
    if (token.kind !== 'option') continue;
    const option = spec.options[token.name];
    if (!option) throw new UsageError(`${command} has no option ${token.rawName}. It takes ${known}.`, { option: token.rawName });
    if (option.type === 'boolean') {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value; it got "${token.value}".`, { option: token.rawName });
      options[token.name] = true;
      continue;
    }
    if (!token.value || (token.value.startsWith('--') && !token.inlineValue)) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.value ?? 'VALUE'}.`, { option: token.rawName });
    }
    options[token.name] = token.value;
  }
  return { options: options as Options<C>, positionals };
}

/** The value of an option that a command cannot do without. */
export function required(command: CommandName, name: string, value: string | undefined): string {
  if (value !== undefined) return value;
  const option = (COMMANDS[command] as CommandSpec).options[name];
  throw new UsageError(`${command} needs --${name} ${option?.value ?? ''}: ${option?.help ?? ''}.`, { option: `--${name}` });
}

export function help(): string {
  const commands: [string, CommandSpec][] = Object.entries(COMMANDS);
  return [
    'Tsugiki: transfer learning on your own machine.',
    '',
    'npm run tsugiki -- COMMAND [options]',
    ...commands.flatMap(([name, { summary, positionals, options }]) => [
      '',
      `  ${name}: ${summary}`,
      ...(positionals ? [`    ${positionals.name.padEnd(24)} ${positionals.help}`] : []),
      ...Object.entries(options).map(([option, { value, help: text }]) => `    ${`--${option}${value ? ` ${value}` : ''}`.padEnd(24)} ${text}`)
    ]),
    '',
    '  doctor: what is installed, where it came from, and what to do about the rest',
    '',
    'Exit codes: 0 done, 1 failed, 2 not understood (option or recipe), 130 stopped with Ctrl-C.'
  ].join('\n');
}
