import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);

/** Leaves of the runtime, flat in src/runtime/: every room of the runtime may import them. */
const GROUND = 'ground';

/**
 * Which rooms a room may import, beside itself and, within the runtime, the ground; `type:` allows types
 * only. The order is from the bottom up: no row names a room below its own.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  root: [],
  // Another language, which is compiled into a file of json.
  kernel: [],
  [GROUND]: [],
  arrays: [],
  clients: [],
  json: ['arrays'],
  model: ['root', 'arrays'],
  stores: ['clients'],
  http: ['json', 'arrays'],
  state: ['stores', 'arrays', 'type:model'],
  protocols: ['model', 'json', 'arrays', 'http'],
  telemetry: ['state', 'stores', 'clients', 'http', 'json', 'type:model'],
  openapi: ['protocols', 'model', 'json', 'arrays'],
  unit: ['root', 'telemetry', 'state', 'stores', 'clients', 'model', 'json', 'type:http'],
  instance: ['unit', 'telemetry', 'type:protocols', 'state', 'stores', 'type:http'],
  pipeline: [
    'type:instance',
    'unit',
    'protocols',
    'telemetry',
    'type:state',
    'http',
    'model',
    'json',
    'arrays',
  ],
  // It runs in browsers.
  client: [GROUND, 'json', 'arrays', 'type:model'],
  page: ['client', 'type:model'],
  endpoints: [
    'type:instance',
    'page',
    'pipeline',
    'unit',
    'openapi',
    'protocols',
    'telemetry',
    'http',
    'model',
    'json',
    'arrays',
  ],
  graph: [
    'root',
    'endpoints',
    'instance',
    'pipeline',
    'unit',
    'openapi',
    'protocols',
    'telemetry',
    'state',
    'http',
    'clients',
    'model',
    'json',
    'arrays',
  ],
  lambda: ['instance', 'pipeline', 'unit', 'protocols', 'telemetry', 'http', 'json', 'type:model'],
  records: ['type:lambda', 'instance', 'clients', 'json'],
  index: ['model', 'arrays', GROUND],
  handler: [GROUND, 'lambda', 'type:pipeline', 'instance', 'type:unit'],
  // The dispatcher is not in handler: only one function needs it, and all would load it.
  handlers: ['handler', 'graph', 'records', 'endpoints', 'lambda'],
  bundle: [],
  testing: [
    GROUND,
    'client',
    'endpoints',
    'lambda',
    'instance',
    'type:unit',
    'model',
    'json',
    'arrays',
    'bundle',
  ],
  'src/graph': [GROUND, 'graph', 'unit', 'bundle'],
  deploy: [GROUND, 'unit', 'protocols', 'stores', 'model', 'bundle', 'src/graph', 'graph'],
  contract: [GROUND, 'client', 'json', 'arrays', 'bundle'],
  batch: [GROUND, 'client', 'clients', 'json', 'arrays', 'bundle'],
  cli: [GROUND, 'client', 'bundle', 'src/graph', 'deploy', 'contract', 'batch'],
};

/** The description of the endpoints has the schemas of Seldon's messages in it. */
const MAY_LOOK_INSIDE = 'openapi';

/** The second index of the stores: what IAM must allow for each. */
const GRANTS = 'src/runtime/stores/grants';

/** The second index of the protocols: their messages between the units of a graph. */
const GRAPH_WIRES = 'src/runtime/protocols/graph-wires';

/** Rooms that a developer runs: no function imports them. */
const COMMANDS = ['bundle', 'testing', 'src/graph', 'deploy', 'contract', 'batch', 'cli'];

/** Open sets: a folder, its contract with what the members share, and how its index comes by the members. */
const OPEN_SETS: Readonly<Record<string, readonly string[]>> = {
  'src/graph/formats': ['format'],
  'src/contract/protocols': ['protocol'],
  'src/runtime/lambda/events': [
    'adapter',
    'event-body',
    'invocation-error',
    'name-value-pairs',
    'proxy-event',
    'status-description',
  ],
  'src/runtime/protocols': ['protocol', 'protocols', 'reply', 'tensors', 'graph-wire', 'graph-wires'],
  'src/runtime/records/outputs': ['output'],
  'src/runtime/records/sources': ['source', 'streams', 'dynamodb-json'],
  'src/runtime/protocols/seldon/codecs': ['codec', 'array-text'],
  'src/runtime/stores': ['store', 'settings', 'grant', 'grants'],
  'src/runtime/telemetry/payload-log/sinks': ['sink'],
  'src/runtime/graph/bindings': [],
  'src/runtime/graph/implementations': ['implementation', 'no-call'],
};

interface Source {
  /** Without its ending: `src/runtime/http/body`, `handlers/predict`. */
  readonly name: string;
  readonly text: string;
  readonly imports: readonly { readonly name: string; readonly isType: boolean }[];
}

const sources = ['src', 'handlers'].flatMap((folder) => read(folder));

function read(folder: string): Source[] {
  return readdirSync(new URL(folder, ROOT), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return read(path);
    }
    if (!entry.name.endsWith('.ts')) {
      return [];
    }
    const text = readFileSync(new URL(path, ROOT), 'utf8');
    return [{ name: nameOf(path), text, imports: importsOf(text, folder) }];
  });
}

function nameOf(path: string): string {
  return path.replace(/\.ts$/, '');
}

function importsOf(text: string, folder: string): Source['imports'] {
  const code = text.replace(/^ *\*.*$/gm, '');
  return [...code.matchAll(/\b(import|export)( type)?\b[^;'"]*?(?:from |\()'(\.\.?\/[^']+\.\w+)'/g)].map(
    ([, , type, path]) => ({
      name: nameOf(posix.join(folder, path as string)),
      isType: type !== undefined,
    }),
  );
}

/**
 * `src/runtime/http/body` -> `http`; `src/runtime/log` -> `ground`; `src/bundle/zip` -> `bundle`; `src/root`
 * -> `root`.
 */
function roomOf(name: string): string {
  const [wing, first = '', ...rest] = name.split('/') as [string, ...string[]];
  if (wing === 'handlers') {
    return wing;
  }
  // Beside the room of the runtime, what a developer compiles for it.
  if (first === 'graph') {
    return 'src/graph';
  }
  if (first !== 'runtime') {
    return first.replace(/\.\w+$/, '');
  }
  return rest.length === 1 ? GROUND : (rest[0] as string);
}

function isRuntime(room: string): boolean {
  return sources.some(({ name }) => name.startsWith('src/runtime/') && roomOf(name) === room);
}

/** The imports of `from` that its room's row does not allow. */
function forbidden({ name, imports }: Pick<Source, 'name' | 'imports'>): string[] {
  const room = roomOf(name);
  const allowed = [room, ...(isRuntime(room) ? [GROUND] : []), ...(MAY_IMPORT[room] ?? [])];
  return imports
    .filter(({ name, isType }) => {
      const to = roomOf(name);
      return !allowed.includes(to) && !(isType && allowed.includes(`type:${to}`));
    })
    .map(({ name }) => name);
}

const rooms = [...new Set(sources.map(({ name }) => roomOf(name)))].sort();

test('every room has a row, and every row a room', () => {
  expect(Object.keys(MAY_IMPORT).sort()).toEqual(rooms);
});

test('the rows allow imports downwards only', () => {
  const order = Object.keys(MAY_IMPORT);
  const upwards = Object.entries(MAY_IMPORT).flatMap(([room, allowed]) =>
    allowed
      .filter((to) => order.indexOf(to.replace('type:', '')) >= order.indexOf(room))
      .map((to) => `${room} -> ${to}`),
  );
  expect(upwards).toEqual([]);
});

test.each(rooms)('%s imports only rooms below it', (room) => {
  const wrong = sources
    .filter(({ name }) => roomOf(name) === room)
    .flatMap((source) => forbidden(source).map((name) => `${source.name} -> ${name}`));
  expect(wrong).toEqual([]);
});

test.each([
  ['src/runtime/http/body', 'src/runtime/pipeline/pipeline'],
  ['src/runtime/config', 'src/runtime/telemetry/trace'],
  ['src/runtime/unit/load', 'src/bundle/bundle'],
  ['src/page/call', 'src/runtime/http/body'],
  ['src/client/send', 'src/runtime/clients/connections'],
  ['handlers/predict', 'src/runtime/state/replica'],
])('an import of %s -> %s is refused', (name, to) => {
  expect(forbidden({ name, imports: [{ name: to, isType: false }] })).toEqual([to]);
});

test('nothing of ours imports the package that model authors import', () => {
  expect(
    sources.filter(({ imports }) => imports.some(({ name }) => name === 'src/index')).map(({ name }) => name),
  ).toEqual([]);
});

test('no test imports the benchmark, which imports what tests share', () => {
  const tests = read('test').filter(({ imports }) => imports.some(({ name }) => name.startsWith('bench/')));
  expect(tests.map(({ name }) => name)).toEqual([]);
});

test('no import goes round in a circle, but for types', () => {
  const graph = new Map(
    sources.map(({ name, imports }) => [name, imports.filter(({ isType }) => !isType).map((to) => to.name)]),
  );
  const circles: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      circles.push([...path, name].join(' -> '));
    } else {
      for (const next of graph.get(name) ?? []) {
        visit(next, [...path, name]);
      }
    }
  };
  for (const name of graph.keys()) {
    visit(name, []);
  }
  expect(circles).toEqual([]);
});

describe.each(Object.entries(OPEN_SETS))('the open set %s', (folder, others) => {
  // A member is a file of the folder or a folder in it, whose name its main file has.
  const members = [
    ...new Set(
      sources
        .filter(({ name }) => name.startsWith(`${folder}/`))
        .map(({ name }) => name.slice(folder.length + 1).split('/', 1)[0] as string)
        .filter((name) => name !== 'index' && !others.includes(name)),
    ),
  ].sort();
  const memberOf = (name: string) =>
    members.find((member) => name === `${folder}/${member}` || name.startsWith(`${folder}/${member}/`));

  test('lists every member in its index', () => {
    const { imports = [] } = sources.find(({ name }) => name === `${folder}/index`) ?? {};
    const listed = new Set(imports.map(({ name }) => memberOf(name)).filter((name) => name !== undefined));
    expect([...listed].sort()).toEqual(members);
  });

  test('has members that only its index imports', () => {
    const importers = sources.filter(
      ({ name, imports }) =>
        name !== `${folder}/index` &&
        name !== GRANTS &&
        name !== GRAPH_WIRES &&
        roomOf(name) !== MAY_LOOK_INSIDE &&
        imports.some(({ name: to, isType }) => {
          const member = memberOf(to);
          return member !== undefined && !isType && memberOf(name) !== member;
        }),
    );
    expect(importers.map(({ name }) => name)).toEqual([]);
  });
});

test('every store has its grants, which only the deployment imports, and nothing else of a store', () => {
  const ofGrants = /^src\/runtime\/stores\/(.+\/grants|grants?)$/;
  const { imports = [] } = sources.find(({ name }) => name === GRANTS) ?? {};
  const folders = readdirSync(new URL('src/runtime/stores', ROOT), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const granted = imports.map(({ name }) => name).filter((name) => name.endsWith('/grants'));
  expect(granted.sort()).toEqual(folders.map(({ name }) => `src/runtime/stores/${name}/grants`).sort());
  const wrong = sources.filter(({ name, imports }) =>
    roomOf(name) === 'deploy'
      ? imports.some(({ name: to }) => roomOf(to) === 'stores' && !ofGrants.test(to))
      : !ofGrants.test(name) && imports.some(({ name: to }) => ofGrants.test(to)),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

const served = sources.filter(({ name }) => !COMMANDS.includes(roomOf(name)));

test('only config reads the environment', () => {
  expect(served.filter(({ text }) => text.includes('process.env')).map(({ name }) => name)).toEqual([
    'src/runtime/config',
  ]);
});

test('only log writes to the output', () => {
  const writes = /console[.[]|process\.std/;
  expect(served.filter(({ text }) => writes.test(text)).map(({ name }) => name)).toEqual(['src/runtime/log']);
});

test('zod comes as zod/mini, under its namespace: the whole of it takes 32 ms to import', () => {
  expect(served.filter(({ text }) => /from 'zod'|import \{ z \}/.test(text)).map(({ name }) => name)).toEqual(
    [],
  );
});

test('nothing imports node:http, with all of which node loads its undici: it comes by getBuiltinModule', () => {
  expect(served.filter(({ text }) => importsOfNode(text, 'https?')).map(({ name }) => name)).toEqual([]);
});

test('nothing imports node:fs, with all of which node loads its streams: it comes by getBuiltinModule', () => {
  expect(served.filter(({ text }) => importsOfNode(text, "fs'")).map(({ name }) => name)).toEqual([]);
});

test('what a store loads has modules of node by getBuiltinModule: each import takes 0.3 ms more', () => {
  const loaded = new Set(['src/runtime/unit/first.chunk', 'src/runtime/telemetry/later.chunk']);
  // A set that grows while it is walked.
  for (const name of loaded) {
    const { imports = [] } = sources.find((source) => source.name === name) ?? {};
    for (const imported of imports) {
      if (!imported.isType) {
        loaded.add(imported.name);
      }
    }
  }
  expect(loaded.size).toBeGreaterThan(20);
  const importers = sources.filter(({ name, text }) => loaded.has(name) && importsOfNode(text, '\\w+'));
  expect(importers.map(({ name }) => name)).toEqual([]);
});

function importsOfNode(text: string, module: string): boolean {
  return new RegExp(`^import (?!type)[^;]* from 'node:${module}|import\\('node:${module}`, 'm').test(text);
}

test('a handler is data', () => {
  const long = sources.filter(
    ({ name, text }) => name.startsWith('handlers/') && text.split('\n').length > 25,
  );
  expect(long.map(({ name }) => name)).toEqual([]);
});
