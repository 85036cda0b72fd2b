/** The bench gives an engine that was started afresh what it needs, and of no other project than the one that is open. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { type DataSummary, type EngineRequest, tutorialRecipe } from '../../electron/contract';
import { writeCurrent, writeKept } from '../../electron/main/kept';
import { createRun, modelDirectory, record } from '../../electron/main/runs';
import { Workbench } from '../../electron/main/workbench';
import { dataSummary, projectSummary } from '../renderer/bridge';

const { folder, engine } = vi.hoisted(() => ({ folder: { path: '' }, engine: { ask: (_request: EngineRequest): Promise<unknown> => Promise.resolve(null) } }));
vi.mock('electron', () => ({ app: { getPath: () => folder.path, addRecentDocument: () => undefined } }));
vi.mock('../../electron/main/log', () => ({ log: { warn: () => undefined } }));
vi.mock('../../electron/main/engine-host', () => ({ EngineHost: class { ask = (request: EngineRequest) => engine.ask(request); } }));

const dataOf = (directory: string): DataSummary => dataSummary({ source: { kind: 'project', path: directory }, project: projectSummary({ directory }) });

/** A project with one run that has left a model. @returns their folders */
function project(name: string): { directory: string; model: string } {
  const directory = join(folder.path, name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'project.tsugiki'), '');
  const { runId } = createRun(directory, { recipe: tutorialRecipe(), weights: 'auto', name: null });
  const model = modelDirectory(directory, runId);
  record(directory, runId, { kind: 'finished', runId, model, stopped: false, testAccuracy: null });
  writeKept(directory, runId, dataOf(directory));
  return { directory, model };
}

it('while another project is being opened, a question waits for its model', async () => {
  folder.path = mkdtempSync(join(tmpdir(), 'tsugiki-bench-'));
  const [cats, dogs] = [project('cats'), project('dogs')];
  writeCurrent(cats.directory);
  const bench = new Workbench({ follow: () => undefined, rest: () => undefined, problem: () => undefined, wish: () => undefined, recent: () => undefined });
  bench.restore();
  expect(bench.session.model).toBe(cats.model);

  const asked: EngineRequest[] = [];
  engine.ask = (request) => {
    asked.push(request);
    return Promise.resolve(request.type === 'open_project' ? dataOf(request.directory) : null);
  };
  const opened = bench.openData({ kind: 'project', path: dogs.directory });
  await Promise.all([opened, bench.askModel({ type: 'export_sizes' })]);
  expect(bench.session.model).toBe(dogs.model);
  expect(asked).toEqual([
    { type: 'open_project', directory: dogs.directory },
    { type: 'load_model', directory: dogs.model },
    { type: 'export_sizes' }
  ]);
});

it('a run that is being set up has begun, and the one before it has not begun anew', async () => {
  folder.path = mkdtempSync(join(tmpdir(), 'tsugiki-bench-'));
  const { directory } = project('cats');
  writeCurrent(directory);
  const bench = new Workbench({ follow: () => undefined, rest: () => undefined, problem: () => undefined, wish: () => undefined, recent: () => undefined });
  bench.restore();
  const before = bench.session.runId;
  const told: Record<string, { status: string; begun: boolean }[]> = {};
  engine.ask = (request) => {
    told[request.type] = bench.runs().map(({ runId, status, started }) => ({ status: runId === before ? `${status}, before` : status, begun: started !== null }));
    return Promise.resolve(request.type === 'open_project' ? dataOf(request.directory) : null);
  };
  await bench.start([{ recipe: tutorialRecipe(), weights: 'auto', name: null }]);
  expect(told['open_project']).toEqual([{ status: 'finished, before', begun: false }]);
  expect(told['train']).toEqual([{ status: 'running', begun: true }, { status: 'finished, before', begun: false }]);
});
