/** An open project: steps, the way back, and the same again after it is opened again. */
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../electron/engine/model/random';
import { removed } from '../../electron/engine/project/change';
import { Project } from '../../electron/engine/project/project';
import { serialize } from '../../electron/engine/project/snapshot';
import { HEADER, act, importOf, pictures } from './project-fixture';
import { newFolder } from './project-folders';

const inFolder = () => {
  const project = Project.create(newFolder(), HEADER);
  project.do(importOf(pictures(0, 12)));
  return { project, directory: project.directory as string };
};
const stepsOf = (project: Project) => ({ bytes: serialize(project.state), next: [project.state.nextId, project.state.nextClass], undoable: project.undoable, redoable: project.redoable });

describe('a project', () => {
  it('in memory has no folder and does all the same', () => {
    const project = Project.create(null, HEADER);
    project.do(importOf(pictures(0, 3)));
    expect(project.edit({ kind: 'move', pictures: [0], class: 1 })).toBe(true);
    expect(project.edit({ kind: 'move', pictures: [0], class: 1 })).toBe(false);
    project.save();
    project.close();
    expect([project.directory, project.ownPictures, project.revision]).toEqual([null, null, 2]);
    expect(project.pictures.map((one) => one.class)).toEqual([1, 1, 2]);
  });

  it('tells its pictures in order of id, in the same array until something changes', () => {
    const project = Project.create(null, HEADER);
    project.do(importOf(pictures(0, 6)));
    project.edit({ kind: 'remove', pictures: [1] });
    project.undo();
    const list = project.pictures;
    expect(list.map((one) => one.id)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(project.pictures).toBe(list);
    project.edit({ kind: 'exclude', pictures: [3] });
    expect(project.pictures).not.toBe(list);
    expect(list[3]?.excluded).toBe(false);
  });

  it('undoes and redoes, and says what', () => {
    const project = Project.create(null, HEADER);
    expect([project.undo(), project.redo(), project.revision]).toEqual([null, null, 0]);
    project.do(importOf(pictures(0, 6)));
    project.edit({ kind: 'move', pictures: [0, 3], class: 1 });
    const moved = { kind: 'move', count: 2, name: 'dog' };
    expect(project.undoable).toEqual(moved);
    expect(project.undo()).toEqual(moved);
    expect([project.redoable, project.undoable]).toEqual([moved, { kind: 'import', count: 6, name: 'photos' }]);
    expect(project.redo()).toEqual(moved);
    project.undo();
    project.edit({ kind: 'exclude', pictures: [1] });
    expect(project.redo()).toBeNull();
  });

  it('takes the pieces of one import back together, unless something came in between', () => {
    const project = Project.create(null, HEADER);
    const [first, second] = [project.newGroup(), project.newGroup()];
    expect(first).not.toBe(second);
    for (const at of [0, 5, 10]) project.do(importOf(pictures(at, 5)), first);
    expect(project.undoable).toEqual({ kind: 'import', count: 15, name: 'photos' });
    project.do(importOf(pictures(15, 2)), second);
    project.edit({ kind: 'exclude', pictures: [0] });
    project.do(importOf(pictures(17, 1)), second);
    const sizes = [];
    while (project.undo()) sizes.push(project.pictures.length);
    expect(sizes).toEqual([17, 17, 15, 0]);
  });

  it('refuses a change that was made for another state, and is as it was', () => {
    const { project, directory } = inFolder();
    const before = [stepsOf(project), readFileSync(join(directory, 'changes.jsonl'), 'utf8')];
    expect(() => project.do({ label: { kind: 'remove', count: 1, name: '' }, pictures: removed(pictures(50, 1)) })).toThrow('Picture 50 is not there');
    expect([stepsOf(project), readFileSync(join(directory, 'changes.jsonl'), 'utf8')]).toEqual(before);
    project.close();
  });
});

describe.each([1, 2, 3, 4, 5, 6])('after random edits (seed %i)', (seed) => {
  it('opened again it is the same, with all of the way back, which leads to the same first bytes', () => {
    const { project, directory } = inFolder();
    const first = readFileSync(join(directory, 'pictures.jsonl'), 'utf8');
    const random = new Random(seed);
    let open = project;
    for (let i = 0; i < 150; i++) {
      act(open, random);
      if (i % 10 > 0) continue;
      const { revision } = open;
      const steps = stepsOf(open);
      expect(stepsOf(Project.open(directory, { readOnly: true }))).toEqual(steps);
      open.close();
      open = Project.open(directory);
      expect(stepsOf(open)).toEqual(steps);
      expect(open.revision).toBe(revision);
    }
    const last = serialize(open.state);
    while (open.redo());
    const end = serialize(open.state);
    const back = [];
    while (open.undo()) back.push(serialize(open.state));
    expect(serialize(open.state)).toBe(first);
    expect([end, ...back]).toContain(last);
    const forth = [];
    while (open.redo()) forth.push(serialize(open.state));
    expect(forth.reverse()).toEqual([end, ...back.slice(0, -1)]);
    open.close();
  });
});

describe('the folder', () => {
  it('is a project once it holds project.tsugiki', () => {
    const { project, directory } = inFolder();
    expect([Project.is(directory), Project.is(dirname(directory))]).toEqual([true, false]);
    expect(project.ownPictures).toBe(join(directory, 'pictures'));
    expect(JSON.parse(readFileSync(join(directory, 'project.tsugiki'), 'utf8'))).toMatchObject({ format: 'tsugiki-project', version: 1 });
    expect(() => Project.create(directory, HEADER)).toThrow(expect.objectContaining({ code: 'project_exists' }) as Error);
    expect(() => Project.open(dirname(directory))).toThrow(expect.objectContaining({ code: 'project_not_found' }) as Error);
    project.close();
    expect(readdirSync(directory).sort()).toEqual(['changes.jsonl', 'pictures.jsonl', 'project.tsugiki']);
  });

  it('has a change as soon as it is made, in one line', () => {
    const { project, directory } = inFolder();
    const journal = () => readFileSync(join(directory, 'changes.jsonl'), 'utf8');
    const before = journal();
    project.edit({ kind: 'exclude', pictures: [3] });
    const line = '{"label":{"kind":"exclude","count":1,"name":""},"pictures":[{"id":3,"before":{"excluded":false},"after":{"excluded":true}}]}\n';
    expect(journal()).toBe(before + line);
    project.undo();
    expect(journal()).toBe(`${before}${line}{"undo":true}\n`);
    project.close();
  });

  it('may be written by hand, in any order, with the end of the last line left out', () => {
    const { project, directory } = inFolder();
    project.close();
    const [header, ...rest] = serialize(project.state).trimEnd().split('\n');
    writeFileSync(join(directory, 'pictures.jsonl'), [header, '', ...rest.reverse()].join('\r\n'));
    writeFileSync(join(directory, 'changes.jsonl'), '');
    const again = Project.open(directory);
    expect(serialize(again.state)).toBe(serialize(project.state));
    again.close();
  });

  it('cannot be written to any more once it is closed', () => {
    const { project } = inFolder();
    project.close();
    project.close();
    expect(() => project.edit({ kind: 'exclude', pictures: [0] })).toThrow('closed');
  });

  it('opened to be read is left as it is', () => {
    const { project, directory } = inFolder();
    const before = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
    const reader = Project.open(directory, { readOnly: true });
    reader.edit({ kind: 'exclude', pictures: [0] });
    reader.close();
    expect(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')])).toEqual(before);
    project.close();
  });

  it('is open for writing only once; a copy of it is another project', () => {
    const { project, directory } = inFolder();
    expect(() => Project.open(directory)).toThrow(expect.objectContaining({ code: 'project_in_use', params: expect.objectContaining({ path: directory }) as unknown }) as Error);
    const copy = newFolder();
    cpSync(directory, copy, { recursive: true });
    const other = Project.open(copy);
    other.edit({ kind: 'rename_project', name: 'Copy' });
    other.close();
    project.close();
    const again = Project.open(directory);
    expect([again.state.header.name, other.state.header.name]).toEqual(['Pets', 'Copy']);
    again.close();
    expect([existsSync(join(copy, 'project.lock')), existsSync(join(directory, 'project.lock'))]).toEqual([false, false]);
  });
});
