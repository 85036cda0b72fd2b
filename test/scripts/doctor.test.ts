/** `npm run tsugiki -- doctor`, as people start it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface Report {
  cache: string;
  parts: { part: string; from: string; version: string; ok: boolean; advice?: string }[];
}

function doctor(root: string, args: string[], env: Record<string, string> = {}): { code: number | null; stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/tsugiki.mjs', 'doctor', ...args], { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } });
  return { code: status, stdout };
}

it('tells of each part where it came from, its version, and that it is well', () => {
  const { stdout } = doctor(process.cwd(), ['--json']);
  const { parts } = JSON.parse(stdout) as Report;
  const tensorflow = parts.find(({ part }) => part === 'TensorFlow');
  expect(tensorflow).toMatchObject({ ok: true });
  expect(tensorflow?.version).toMatch(/^2\.\d+\.\d+ \(tfjs-node 4\.22\.0\)$/);
  expect(parts.find(({ part }) => part === 'npm packages')).toMatchObject({ ok: true });
  expect(parts.map(({ part }) => part)).toEqual(expect.arrayContaining(['Node', 'Electron', 'sample pictures', 'embedded backbone']));
});

it('works in a checkout where nothing is installed yet, and says what to do', () => {
  const root = mkdtempSync(join(tmpdir(), 'tsugiki-doctor-'));
  try {
    for (const name of ['scripts', 'package.json', 'package-lock.json']) cpSync(name, join(root, name), { recursive: true });
    const { code, stdout } = doctor(root, [], { TSUGIKI_CACHE: join(root, 'cache') });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^TensorFlow .*NOT OK: missing: npm run setup$/m);
    expect(stdout).toMatch(/^npm packages .*NOT OK: \d+ missing .*npm run setup$/m);
    expect(stdout).toMatch(/^sample pictures .*NOT OK: resources\/sample is missing: git checkout -- resources\/sample$/m);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
