/**
 * Lint rule: a folder is a room with one kind of tenant, and imports go one way.
 * jobs -> training | evaluation | export | data -> graph -> model, runtime; renderer and processes meet in the contract.
 */
import { dirname, relative, resolve, sep } from 'node:path';

/** Rooms from the inside out, by the path they begin with; the longest that fits counts. What a room may import, besides itself. */
const ROOMS = {
  'electron/contract': [],
  'electron/engine/context.ts': ['electron/contract'],
  'electron/engine/runtime': ['electron/contract', 'electron/engine/context.ts'],
  'electron/engine/model': ['electron/contract', 'electron/engine/context.ts'],
  'electron/engine/graph': ['electron/contract', 'electron/engine/context.ts', 'electron/engine/model', 'electron/engine/runtime'],
  'electron/engine/project': ['electron/contract', 'electron/engine/context.ts', 'electron/engine/model'],
  'electron/engine/data': ['electron/contract', 'electron/engine/context.ts', 'electron/engine/graph', 'electron/engine/model', 'electron/engine/runtime', 'electron/engine/project']
};
const workshop = [...Object.keys(ROOMS)];
ROOMS['electron/engine/evaluation'] = workshop;
ROOMS['electron/engine/export'] = workshop;
ROOMS['electron/engine/training'] = [...workshop, 'electron/engine/evaluation'];
ROOMS['electron/engine/jobs'] = [...workshop, 'electron/engine/evaluation', 'electron/engine/export', 'electron/engine/training'];
/** The engine's entry and what stands beside it. */
ROOMS['electron/engine'] = Object.keys(ROOMS);
ROOMS['electron/cli'] = Object.keys(ROOMS);
ROOMS['electron/main'] = ['electron/contract'];
ROOMS['electron/preload'] = ['electron/contract'];
ROOMS['renderer'] = ['electron/contract'];

/** Packages with one door each. */
const DOORS = {
  electron: ['electron/main', 'electron/preload'],
  '@tensorflow/tfjs-node': ['electron/engine/runtime']
};

const inside = (path, room) => path === room || path.startsWith(`${room}/`) || (room.endsWith('.ts') && `${path}.ts` === room);
const roomOf = (path) => Object.keys(ROOMS).filter((room) => inside(path, room)).sort((a, b) => b.length - a.length)[0];
const packageOf = (source) => source.split('/').slice(0, source.startsWith('@') ? 2 : 1).join('/');

/**
 * Why a file must not import something, or null when it may.
 * @param {string} file path from the repository, with slashes
 * @param {string} source as the import says it
 */
export function objection(file, source) {
  const from = roomOf(file);
  if (!from) return null;
  if (!source.startsWith('.')) {
    const doors = DOORS[packageOf(source)];
    if (doors && !doors.includes(from)) return `Only ${doors.join(' and ')} may import ${packageOf(source)}.`;
    if (from === 'renderer' && source.startsWith('node:')) return 'The window is a web page: it has no Node. Ask main through the contract.';
    return null;
  }
  const target = relative('/', resolve('/', dirname(file), source)).split(sep).join('/');
  const to = roomOf(target);
  if (to === from || (to && ROOMS[from].includes(to))) return null;
  // Styles, messages and generated code live outside of the rooms; code does not.
  if (!to && !target.startsWith('electron/') && !target.startsWith('scripts/') && !target.startsWith('test/')) return null;
  return `${from} must not import from ${to ?? target}. It may import from ${ROOMS[from].join(', ') || 'nowhere else'}.`;
}

export const oneWay = {
  meta: { type: 'problem', schema: [], messages: { refused: '{{why}}' } },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const look = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const why = objection(file, node.source.value);
      if (why) context.report({ node: node.source, messageId: 'refused', data: { why } });
    };
    return { ImportDeclaration: look, ExportNamedDeclaration: look, ExportAllDeclaration: look, ImportExpression: look };
  }
};
