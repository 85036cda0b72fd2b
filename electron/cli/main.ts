/** The same jobs as the window's, in a terminal. Progress goes to standard error, results to standard output. */
import { constants } from 'node:os';
import { StoppedError, toErrorShape } from '../contract';
import { JobControl } from '../engine/context';
import type { Console, ExitCode } from './commands/command';
import { Terminal } from './terminal';
import { type CommandName, commandName, help, type Invocation, parseCommand, UsageError } from './usage';

/** Commands are loaded when they are called: help and refusals need no TensorFlow. */
const RUN: { [C in CommandName]: (invocation: Invocation<C>, console: Console) => Promise<ExitCode> } = {
  train: async (...args) => (await import('./commands/train')).trainCommand(...args),
  'learning-rate': async (...args) => (await import('./commands/learning-rate')).learningRateCommand(...args),
  evaluate: async (...args) => (await import('./commands/evaluate')).evaluateCommand(...args),
  classify: async (...args) => (await import('./commands/classify')).classifyCommand(...args),
  export: async (...args) => (await import('./commands/export')).exportCommand(...args),
  'keras-project': async (...args) => (await import('./commands/keras-project')).kerasProjectCommand(...args),
  serve: async (...args) => (await import('./commands/serve')).serveCommand(...args),
  inspect: async (...args) => (await import('./commands/inspect')).inspectCommand(...args),
  datasets: async (...args) => (await import('./commands/datasets')).datasetsCommand(...args)
};

const STOPPED = 128 + constants.signals.SIGINT;
/** What only the network can tell of a recipe: not understood, like what its schema refuses. */
const RECIPE_ERRORS = ['unknown_layer', 'unknown_class'];
/** One Ctrl-C under npm arrives twice, from the terminal and passed on by npm; milliseconds in which both count as one. */
const SAME_PRESS = 1000;

/** Runs one command line; the process' exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const terminal = new Terminal(process.stderr);
  const control = new JobControl();
  let pressed = -Infinity;
  const interrupt = () => {
    const now = performance.now();
    if (now - pressed < SAME_PRESS) return;
    // The first Ctrl-C ends the step and keeps the last epoch, the second ends at once.
    if (pressed > 0) process.exit(STOPPED);
    pressed = now;
    terminal.line('Stopping after this step. Press Ctrl-C again to stop at once.');
    control.stop();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // Whoever read our output has gone: `| head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    const [word, ...rest] = args;
    if (word === undefined || ['help', '--help', '-h'].includes(word) || rest.includes('--help') || rest.includes('-h')) {
      console.log(help());
      return word === undefined ? 2 : 0;
    }
    return await run(commandName(word), rest, {
      context: control.context((progress) => terminal.report(progress)),
      terminal,
      print: (text) => console.log(text)
    });
  } catch (error) {
    terminal.clear();
    if (error instanceof StoppedError) {
      console.error('Stopped.');
      return STOPPED;
    }
    const { code, message } = toErrorShape(error);
    console.error(`tsugiki: ${message}`);
    if (process.env['TSUGIKI_DEBUG']) console.error(error);
    return error instanceof UsageError || RECIPE_ERRORS.includes(code) ? 2 : 1;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

const run = <C extends CommandName>(command: C, args: readonly string[], console: Console): Promise<ExitCode> =>
  RUN[command](parseCommand(command, args), console);
