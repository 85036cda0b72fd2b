import { spawn } from 'node:child_process';
import { say } from '../setup/terminal.mjs';

/** Hands the terminal over to a program and ends as it does; Ctrl-C reaches both, and the program decides. */
export function become(command, args) {
  const child = spawn(command, args, { cwd: process.env.INIT_CWD ?? process.cwd(), stdio: 'inherit' });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    say(`${command} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('close', (code, signal) => (process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)));
}
