/** Programs that setup calls, and what to install when one is missing. */
import { spawn, spawnSync } from 'node:child_process';
import { SetupError } from './terminal.mjs';

export const isRoot = () => process.getuid?.() === 0;

const PACKAGES = {
  'g++': { apt: 'g++', dnf: 'gcc-c++', pacman: 'gcc', brew: null },
  python3: { apt: 'python3', dnf: 'python3', pacman: 'python', brew: 'python' },
  pip: { apt: 'python3-pip', dnf: 'python3-pip', pacman: 'python-pip', brew: 'python' },
  Xvfb: { apt: 'xvfb', dnf: 'xorg-x11-server-Xvfb', pacman: 'xorg-server-xvfb', brew: null }
};

/** Whether a program starts at all. */
export function has(command, args = ['--version']) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** The version a program tells, or null when it does not start. */
export function versionOf(command, args = ['--version']) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? (/\d+(\.\d+)+/.exec(stdout)?.[0] ?? '-') : null;
}

/** Whether a program is on the PATH, for those that cannot be started for a try. */
export const onPath = (command) => (process.platform === 'win32' ? has('where', [command]) : has('sh', ['-c', `command -v ${command}`]));

/** The command that installs a tool on this machine. */
export function installCommand(tool) {
  const names = PACKAGES[tool];
  if (process.platform === 'darwin') return names.brew ? `brew install ${names.brew}` : 'xcode-select --install';
  if (onPath('apt-get')) return `sudo apt-get install -y ${names.apt}`;
  if (onPath('dnf')) return `sudo dnf install -y ${names.dnf}`;
  if (onPath('pacman')) return `sudo pacman -S ${names.pacman}`;
  return `install ${names.apt}`;
}

/** @throws SetupError with the command that installs the tool */
export function need(tool, works, purpose) {
  if (!works) throw new SetupError(`${tool} is missing; it is needed to ${purpose}. Install it with: ${installCommand(tool)}`);
}

/** How pip is called, or null without one. */
export function pip() {
  for (const python of ['python3', 'python']) {
    if (has(python, ['-m', 'pip', '--version'])) return [python, '-m', 'pip'];
  }
  return has('pip3') ? ['pip3'] : null;
}

/**
 * Runs a program to its end.
 * @returns {Promise<string>} what it said on stdout
 * @throws SetupError with the last lines it said
 */
export function run(command, args, { cwd, env, shown = false, timeout } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout,
      stdio: shown ? ['ignore', process.stderr, process.stderr] : ['ignore', 'pipe', 'pipe'],
      // npm is a .cmd file there, which only a shell starts.
      shell: process.platform === 'win32' && command === 'npm'
    });
    let out = '';
    let all = '';
    child.stdout?.on('data', (data) => {
      out += data;
      all += data;
    });
    child.stderr?.on('data', (data) => (all += data));
    child.on('error', (error) => reject(new SetupError(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(out);
      const last = all.trim().split('\n').slice(-8).join('\n    ');
      reject(new SetupError(`${command} ended with ${signal ?? `exit code ${code}`}${last ? `:\n    ${last}` : ''}`));
    });
  });
}
