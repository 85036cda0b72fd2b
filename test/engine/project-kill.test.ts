/** kill -9 while a process edits a project, and opens, closes and shortens it over and over: what it said was written is there. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, it } from 'vitest';
import { Project } from '../../electron/engine/project/project';
import { countOf, picturesAt } from './project-child';
import { HEADER } from './project-fixture';
import { newFolder } from './project-folders';

const KILLS = 20;

/** Runs the child on a project, kills it at a random moment. @returns the last number that it said */
function killed(program: string, directory: string): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [program, directory]);
    let [said, errors] = ['', ''];
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString();
      timer ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * 300);
    });
    child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
    child.on('error', failed);
    child.on('close', (_, signal) => (signal === 'SIGKILL' ? done(Number(said.trimEnd().split('\n').pop())) : failed(new Error(errors))));
  });
}

it(`${KILLS} times`, async () => {
  const directory = newFolder();
  const program = join(dirname(directory), 'child.cjs');
  buildSync({ entryPoints: [join(__dirname, 'project-child.ts')], outfile: program, bundle: true, platform: 'node', format: 'cjs' });
  Project.create(directory, { ...HEADER, name: '0' }).close();
  let shortened = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await killed(program, directory);
    const project = Project.open(directory);
    const count = countOf(project);
    // It may have been killed between writing and saying.
    expect([said, said + 1]).toContain(count);
    expect(project.pictures).toHaveLength(picturesAt(count));
    if (project.revision < count) shortened++;
    project.close();
  }
  expect(shortened).toBeGreaterThan(0);
});
