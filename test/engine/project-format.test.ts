/** The Python that docs/project-format.md shows reads what we write, and we read what it writes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../electron/engine/model/random';
import { Project } from '../../electron/engine/project/project';
import { serialize } from '../../electron/engine/project/snapshot';
import { HEADER, act, importOf, pictures } from './project-fixture';
import { newFolder } from './project-folders';

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.info('skipped: no python3 here to run the code of docs/project-format.md');

/** Code of one language that a page shows. */
function blocks(page: string, language: string): string[] {
  const text = readFileSync(resolve(__dirname, '../../docs', page), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map((found) => found[1] ?? '');
}

const shown = blocks('project-format.md', 'python').join('');

function python(program: string, directory: string): string {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', `${shown}\nimport sys\nfolder = sys.argv[1]\n${program}`, directory], { encoding: 'utf8', env: { ...process.env, PYTHONIOENCODING: 'utf-8' } });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const PRINT = 'header, pictures = read_project(folder)\nfor line in [header, *(pictures[id] for id in sorted(pictures))]: print(json.dumps(line))';
const parsed = (text: string): unknown[] => text.trimEnd().split('\n').map((line): unknown => JSON.parse(line));

describe.skipIf(!hasPython)('the code in the documentation', () => {
  it('reads a project with all that was done and undone', () => {
    const project = Project.create(newFolder(), HEADER);
    const directory = project.directory as string;
    project.do(importOf(pictures(0, 12)));
    const random = new Random(7);
    for (let i = 0; i < 150; i++) act(project, random);
    expect(project.redoable ?? project.undoable).not.toBeNull();
    const state = parsed(serialize(project.state));
    expect(parsed(python(PRINT, directory))).toEqual(state);
    project.close();
  });

  it('writes a project that opens', () => {
    const project = Project.create(newFolder(), HEADER);
    const directory = project.directory as string;
    project.do(importOf(pictures(0, 12)));
    project.close();
    python('header, pictures = read_project(folder)\nfor picture in pictures.values(): picture["excluded"] = picture["id"] < 3\nheader["name"] = "ペット"\nwrite_project(folder, header, pictures)', directory);
    const again = Project.open(directory);
    expect(again.state.header.name).toBe('ペット');
    expect(again.pictures.filter((one) => one.excluded).map((one) => one.id)).toEqual([0, 1, 2]);
    expect(readFileSync(join(directory, 'pictures.jsonl'), 'utf8')).toBe(serialize(again.state));
    again.close();
  });
});

it.each(['project-format.md', 'project-format.ja.md'])('the files that docs/%s shows are a project', (page) => {
  const [manifest = '', snapshot = '', journal = ''] = blocks(page, 'json');
  const directory = newFolder();
  mkdirSync(directory);
  writeFileSync(join(directory, 'project.tsugiki'), manifest);
  writeFileSync(join(directory, 'pictures.jsonl'), snapshot);
  writeFileSync(join(directory, 'changes.jsonl'), journal);
  const project = Project.open(directory);
  expect(serialize(project.state)).toBe(snapshot);
  expect(project.redo()).toEqual({ kind: 'exclude', count: 1, name: '' });
  expect(project.pictures.map((one) => one.excluded)).toEqual([true]);
  project.close();
});
