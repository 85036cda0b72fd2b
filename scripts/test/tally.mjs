/** Counts what passed, failed and was skipped, and runs the tools that have something to count. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { inRoot } from '../setup/places.mjs';
import { say } from '../setup/terminal.mjs';

/** Runs a program in view. @returns {Promise<number>} its exit code */
export function shown(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: inRoot(), stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code, signal) => {
      if (signal) say(`${command} was ended by ${signal}.`);
      resolve(code ?? 1);
    });
  });
}

export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  #failures = [];

  /** Something that passes or fails as a whole. */
  count(ok, name) {
    if (ok) this.passed++;
    else {
      this.failed++;
      this.#failures.push(name);
    }
  }

  /** Runs a check whose exit code tells. */
  async check(name, command, args) {
    say(`\n== ${name}`);
    const ok = (await shown(command, args)) === 0;
    say(ok ? '  ok' : '  FAILED');
    this.count(ok, name);
  }

  /** Runs vitest and adds up its JSON report. */
  async vitest(name, args, { node = process.execPath, env = {} } = {}) {
    say(`\n== ${name}`);
    const report = inRoot('out', 'test', `${name.replace(/\W+/g, '-')}.json`);
    mkdirSync(dirname(report), { recursive: true });
    rmSync(report, { force: true });
    const code = await shown(node, [inRoot('node_modules/vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], { ...env, NO_COLOR: process.stdout.isTTY ? '' : '1' });
    let result;
    try {
      result = JSON.parse(readFileSync(report, 'utf8'));
    } catch {
      this.count(false, `${name}: ended without a report`);
      return;
    }
    this.passed += result.numPassedTests;
    this.skipped += result.numPendingTests + result.numTodoTests;
    for (const file of result.testResults) {
      const failures = file.assertionResults.filter(({ status }) => status === 'failed');
      for (const failure of failures) this.count(false, `${name}: ${failure.fullName}`);
      // A file that does not even load has no tests to count.
      if (file.status === 'failed' && failures.length === 0) this.count(false, `${name}: ${file.name.slice(inRoot().length + 1)} ${file.message.split('\n')[0]}`);
    }
    // Errors outside of tests: an unhandled rejection, a worker that died.
    if (code !== 0 && result.success) this.count(false, `${name}: vitest ended with ${code}`);
  }

  /** The last line of all. */
  end() {
    if (this.#failures.length > 0) say(`\nFailed:\n${this.#failures.map((name) => `  ${name}`).join('\n')}`);
    console.log(`\n${this.passed} passed, ${this.failed} failed${this.skipped > 0 ? `, ${this.skipped} skipped` : ''}`);
    // At once: electron-builder, which packs the app for a test, ends the process with 0 where it would end by itself.
    if (this.failed > 0) process.exit(1);
  }
}
