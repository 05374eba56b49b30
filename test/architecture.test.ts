import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../', import.meta.url);

/** Leaves: they know nothing of the rest, and everything may use them. */
const LEAVES = [
  'errors',
  'http',
  'json-value',
  'base64',
  'record',
  'clock',
  'image',
  'ndarray',
  'dtype',
  'shape',
  'nested-lists',
  'numbers-from-json',
  'numbers-to-json',
  'elements',
  'message',
  'model',
  'metadata-schema',
  'seldon-response',
  'metric',
  'invocation',
  'outcome',
  'show',
];

/** Who may import what of ours, beside leaves; `x/*` is any file of the folder. A file without a row may import leaves only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'handlers/*': [
    'handler',
    'routing',
    'reward',
    'health',
    'metadata',
    'metrics-endpoint',
    'openapi',
    'docs-endpoint',
  ],
  handler: [
    'config',
    'cors',
    'delivery',
    'endpoint',
    'events/index',
    'loader',
    'log',
    'pipeline',
    'protocols/index',
    'protocols/protocol',
    'routes',
    'trace',
  ],
  pipeline: [
    'loader',
    'body',
    'config',
    'dispatch',
    'idempotency',
    'custom-metrics',
    'endpoint',
    'json-arrays',
    'observe',
    'payload',
    'protocols/index',
    'protocols/protocol',
    'raw',
    'trace',
  ],
  raw: ['body', 'config', 'custom-metrics', 'dispatch'],
  observe: ['call-log', 'config', 'metrics', 'metrics-flush', 'payload-log', 'trace'],
  'payload-log': ['body', 'cloud-event', 'config', 'log', 'sinks/index', 'sinks/sink'],
  'sinks/*': ['sinks/*', 'cloud-event', 'config', 'stores/aws-request', 'stores/connections'],
  'call-log': ['config', 'emf', 'log', 'metric-labels', 'metrics'],
  emf: ['metric-labels', 'metrics'],
  metrics: ['config', 'series'],
  'metric-labels': ['config'],
  exposition: ['series'],
  'metrics-endpoint': ['config', 'endpoint', 'exposition', 'metric-labels', 'metrics', 'metrics-flush'],
  'metrics-flush': ['config', 'kept', 'log'],
  'metrics-document': ['metrics', 'series'],
  idempotency: ['envelope', 'outcome', 'replica'],
  'metrics-store': [
    'config',
    'log',
    'metrics',
    'metrics-document',
    'mutex',
    'replica',
    'series',
    'shared-store',
    'store-settings',
    'stores/store',
  ],
  dispatch: ['loader'],
  root: ['./'],
  'model-file': ['root'],
  loader: ['root', 'config', 'log', 'model-file', 'model-uri', 'parameters', 'persistence', 'state', 'trace'],
  'model-uri': [
    'config',
    'log',
    'model-download',
    'pool',
    'store-settings',
    'stores/s3-files',
    'stores/s3-objects',
  ],
  'model-download': ['pool', 'stores/s3-checksum', 'stores/s3-files'],
  persistence: [
    'config',
    'early-read',
    'kept',
    'log',
    'state',
    'store-settings',
    'stored',
    'stores/store',
    'trace',
  ],
  'store-settings': ['config', 'stores/store'],
  stored: ['early-read', 'shared-store'],
  kept: ['metrics-store', 'state'],
  'shared-store': ['stores/index', 'stores/store'],
  state: ['mutex', 'replica'],
  'early-read': ['stores/store'],
  replica: ['early-read', 'envelope', 'log', 'round-trips', 'state-value', 'stores/store'],
  routes: ['config', 'cors', 'endpoint'],
  endpoint: ['config'],
  trace: ['opentelemetry'],
  health: ['endpoint'],
  cors: ['config'],
  config: ['log'],
  log: ['config'],
  delivery: ['compression', 'config'],
  body: ['compression', 'json', 'json-arrays', 'multipart'],
  json: ['json-arrays'],
  multipart: ['json'],
  feedback: ['issues', 'plain-feedback'],
  'message-schema': ['issues'],
  payload: ['codecs/codec'],
  meta: ['protocols/protocol'],
  reward: ['config'],
  metadata: ['config', 'dispatch', 'issues', 'log', 'yaml'],
  openapi: ['config', 'metadata', 'feedback', 'openapi-*', 'log'],
  'openapi-*': ['openapi-*', 'feedback', 'message-schema'],
  'docs-endpoint': ['endpoint', 'docs/page.html'],
  'docs/*': ['docs/*'],
  'events/*': ['events/*'],
  'codecs/*': ['codecs/*'],
  'stores/*': ['stores/*'],
  'protocols/*': [
    'protocols/*',
    'codecs/codec',
    'codecs/array-kind',
    'codecs/index',
    'json-arrays',
    'feedback',
    'message-check',
    'message-schema',
    'meta',
    'plain-feedback',
  ],
  'package/*': ['package/*'],
  'contract/*': ['contract/*'],
};

/** What is run from the command line, and never by a function. */
const COMMANDS = ['package/', 'contract/'];

/** Open sets: a folder, its contract, and which of its files are no members. */
const OPEN_SETS: Readonly<Record<string, readonly string[]>> = {
  events: ['adapter', 'body', 'invocation-error', 'pairs', 'status-description'],
  codecs: ['codec', 'array-kind', 'array-text', 'half'],
  protocols: ['protocol'],
  stores: [
    'store',
    'aws-request',
    'aws-settings',
    'connections',
    'crc',
    'item',
    'overflow',
    's3-checksum',
    's3-files',
    's3-objects',
    'file-key',
    'file-lock',
    'file-state',
    'redis-connection',
    'redis-server',
    'unless-missing',
  ],
};

interface Source {
  /** Without `src/` and ending: `codecs/tensor`, `handlers/predict`. */
  name: string;
  text: string;
  imports: { name: string; isType: boolean }[];
}

const sources = ['src', 'handlers'].flatMap((folder) => read(folder));

function read(folder: string): Source[] {
  return readdirSync(new URL(folder, ROOT), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return read(path);
    if (!entry.name.endsWith('.ts')) return [];
    const text = readFileSync(new URL(path, ROOT), 'utf8');
    return [{ name: nameOf(path), text, imports: importsOf(text, folder) }];
  });
}

function nameOf(path: string): string {
  return path.replace(/^src\//, '').replace(/\.ts$/, '');
}

function importsOf(text: string, folder: string): Source['imports'] {
  const code = text.replace(/^ *\*.*$/gm, '');
  return [...code.matchAll(/(import|export)( type)?[^;'"]*?(?:from |\()'(\.[^']+)'/g)].map(
    ([, , type, path]) => ({
      name: nameOf(posix.join(folder, path as string)),
      isType: type !== undefined,
    }),
  );
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function allowedFor(name: string): readonly string[] {
  const rows = Object.entries(MAY_IMPORT).filter(([pattern]) => matches(name, pattern));
  const own = rows.flatMap(([, allowed]) => allowed);
  return name.startsWith('handlers/') || name.startsWith('package/') ? own : [...own, ...LEAVES];
}

test.each(
  sources.filter(({ name }) => name !== 'index').map(({ name, imports }) => [name, imports] as const),
)('%s imports only what it may', (name, imports) => {
  const allowed = allowedFor(name);
  expect(imports.filter((imported) => !allowed.some((pattern) => matches(imported.name, pattern)))).toEqual(
    [],
  );
});

test('every row of the table is about a file that exists', () => {
  const idle = Object.keys(MAY_IMPORT).filter(
    (pattern) => !sources.some(({ name }) => matches(name, pattern)),
  );
  expect(idle.filter((pattern) => pattern !== 'openapi-*')).toEqual([]);
});

test('nothing of ours imports the package that model authors import', () => {
  expect(
    sources.filter(({ imports }) => imports.some(({ name }) => name === 'index')).map(({ name }) => name),
  ).toEqual([]);
});

test('no import goes round in a circle, but for types', () => {
  const graph = new Map(
    sources.map(({ name, imports }) => [name, imports.filter(({ isType }) => !isType).map((to) => to.name)]),
  );
  const circles: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) circles.push([...path, name].join(' -> '));
    else for (const next of graph.get(name) ?? []) visit(next, [...path, name]);
  };
  for (const name of graph.keys()) visit(name, []);
  expect(circles).toEqual([]);
});

describe.each(Object.entries(OPEN_SETS))('the open set %s', (folder, others) => {
  const members = sources
    .filter(({ name }) => name.startsWith(`${folder}/`))
    .map(({ name }) => name.slice(folder.length + 1))
    .filter((name) => name !== 'index' && !others.includes(name));

  test('lists every member in its index', () => {
    const index = sources.find(({ name }) => name === `${folder}/index`);
    const imported = index?.imports.filter(({ name }) => name.startsWith(`${folder}/`)) ?? [];
    const listed = imported.map(({ name }) => name.slice(folder.length + 1));
    expect([...new Set(listed)].filter((name) => !others.includes(name)).sort()).toEqual(members.sort());
  });

  test('has members that only its index imports', () => {
    const importers = sources.filter(
      ({ name, imports }) =>
        name !== `${folder}/index` &&
        imports.some((to) => members.some((member) => to.name === `${folder}/${member}`)),
    );
    expect(importers.map(({ name }) => name)).toEqual([]);
  });
});

const isCommand = (name: string) => COMMANDS.some((folder) => name.startsWith(folder));
const served = sources.filter(({ name }) => !isCommand(name));

test('nothing that is served imports a command', () => {
  const importers = served.filter(({ imports }) => imports.some(({ name }) => isCommand(name)));
  expect(importers.map(({ name }) => name)).toEqual([]);
});

test('only config reads the environment', () => {
  expect(served.filter(({ text }) => text.includes('process.env')).map(({ name }) => name)).toEqual([
    'config',
  ]);
});

test('only log writes to the output', () => {
  const writes = /console[.[]|process\.std/;
  expect(served.filter(({ text }) => writes.test(text)).map(({ name }) => name)).toEqual(['log']);
});

test('the page, which a browser runs, takes types from the rest and no code', () => {
  const taken = sources
    .filter(({ name }) => name.startsWith('docs/'))
    .flatMap(({ imports }) => imports.filter(({ name, isType }) => !name.startsWith('docs/') && !isType));
  expect(taken).toEqual([]);
});

test('zod comes as zod/mini, under its namespace: the whole of it takes 32 ms to import', () => {
  expect(served.filter(({ text }) => /from 'zod'|import \{ z \}/.test(text)).map(({ name }) => name)).toEqual(
    [],
  );
});

test('nothing imports node:http, with all of which node loads its undici: it comes by getBuiltinModule', () => {
  expect(served.filter(({ text }) => importsOfNode(text, 'https?')).map(({ name }) => name)).toEqual([]);
});

test('what a store loads has modules of node by getBuiltinModule: each import takes 0.3 ms more', () => {
  const loaded = new Set(['stored', 'kept']);
  // A set that grows while it is walked.
  for (const name of loaded) {
    const { imports = [] } = sources.find((source) => source.name === name) ?? {};
    for (const imported of imports) if (!imported.isType) loaded.add(imported.name);
  }
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
