import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const eslint = new ESLint({ cwd: process.cwd() });

/** Rules that refuse the code, were it in that file. */
async function refusals(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).filter(({ severity }) => severity === 2).map(({ ruleId, message }) => ruleId ?? message);
}

const uses = (source: string): string => `import * as thing from '${source}';\nexport default thing;\n`;

describe('imports go one way', () => {
  it.each([
    ['a room further out', 'electron/engine/graph/probe.ts', '../training/fit'],
    ['a job from a workshop', 'electron/engine/export/probe.ts', '../jobs/export'],
    ['the engine from the window\'s owner', 'electron/main/probe.ts', '../engine/model/layers'],
    ['anything but the contract from the window', 'renderer/lib/probe.ts', '../../electron/main/paths'],
    ['Node from the window', 'renderer/lib/probe.ts', 'node:fs'],
    ['the engine from the contract', 'electron/contract/probe.ts', '../engine/context'],
    ['tests from the app', 'electron/engine/jobs/probe.ts', '../../../test/engine/shared'],
    ['Electron from the engine', 'electron/engine/probe.ts', 'electron'],
    ['Electron from the command line', 'electron/cli/probe.ts', 'electron'],
    ['TensorFlow beside its door', 'electron/engine/graph/probe.ts', '@tensorflow/tfjs-node'],
    ['a part of TensorFlow beside its door', 'electron/cli/probe.ts', '@tensorflow/tfjs-node/dist/index.js']
  ])('refuses %s', async (_what, file, source) => {
    expect(await refusals(file, uses(source))).toContain('rooms/one-way');
  });

  it.each([
    ['electron/engine/jobs/probe.ts', '../training/fit'],
    ['electron/engine/graph/probe.ts', '../model/layers'],
    ['electron/engine/runtime/probe.ts', '@tensorflow/tfjs-node'],
    ['electron/main/probe.ts', 'electron'],
    ['electron/cli/probe.ts', '../engine/jobs/train'],
    ['renderer/state/probe.ts', '../../electron/contract']
  ])('lets %s import %s', async (file, source) => {
    expect(await refusals(file, uses(source))).toEqual([]);
  });

  it('sees dynamic imports and re-exports too', async () => {
    expect(await refusals('electron/engine/model/probe.ts', "export const later = () => import('../graph');\n")).toContain('rooms/one-way');
    expect(await refusals('electron/engine/model/probe.ts', "export * from '../graph';\n")).toContain('rooms/one-way');
  });
});

describe('the bridge has one pier on each side', () => {
  it.each([
    ['ipcRenderer', 'electron/main/probe.ts'],
    ['ipcMain', 'electron/main/window.ts'],
    ['ipcMain', 'electron/preload/index.ts']
  ])('refuses raw %s in %s', async (name, file) => {
    const code = `import { ${name} } from 'electron';\nexport default ${name};\n`;
    expect(await refusals(file, code)).toContain('no-restricted-syntax');
  });

  it('allows each at its door', async () => {
    expect(await refusals('electron/preload/index.ts', "import { ipcRenderer } from 'electron';\nexport default ipcRenderer;\n")).toEqual([]);
    expect(await refusals('electron/main/ipc.ts', "import { ipcMain } from 'electron';\nexport default ipcMain;\n")).toEqual([]);
  });
});
