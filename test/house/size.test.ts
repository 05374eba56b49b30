import { beforeAll, expect, test } from 'vitest';
import { type Built, bundleHandlers } from '../support/artifact.ts';
import {
  addedSize,
  FIRST_BINARY,
  FIRST_INFER,
  FIRST_PREDICTION,
  fileWith,
  handlerSizes,
  type Size,
  sizeOf,
} from '../support/code-size.ts';

/**
 * Every handler loads 74 kB of our code, and no dependency. What reads long lists of numbers is 11 kB more. Of
 * the Open Inference Protocol and of TensorFlow Serving's it has the paths and the errors, 1 kB for each.
 */
const CORE = 74.5;
/** zod, with the words for what it finds wrong: a good request to the other functions does without. */
const ZOD = 28;

/**
 * Kilobytes of minified code, at most, that each handler loads before its first call. V8 takes 0.3 ms to read
 * 10 kB, and longer to run what they do when they are imported: what is rarely needed belongs into a file
 * that is imported when it is.
 */
const BUDGETS: Readonly<Record<string, number>> = {
  aggregate: CORE,
  // With the names of all others, which it loads when they are called.
  all: CORE + 0.7,
  // The first event loads the sources of records.
  batch: CORE,
  // With the whole page.
  docs: CORE + 47.1,
  health: CORE + 0.1,
  // With the schema of what a model says of itself.
  metadata: CORE + ZOD + 3.3,
  // With Prometheus' text format; the stores are read when there is one.
  metrics: CORE + 2.4,
  'not-found': CORE,
  // zod's JSON Schema is 20 kB, the schemas and examples of all endpoints 37 kB. Nobody waits for this one.
  openapi: CORE + ZOD + 62.3,
  ping: CORE,
  predict: CORE,
  // With the array that a branch is answered as.
  route: CORE + 0.3,
  // With the counters of a feedback.
  'send-feedback': CORE + 0.2,
  'transform-input': CORE,
  'transform-output': CORE,
  // It loads that of all.
  v2: CORE,
};

/**
 * The function of a graph, which is bundled only where there is one, loads all methods, the walk, and the
 * messages between units that speak Seldon's protocol, 7 kB: its first request loads no file but the models.
 */
const GRAPH = CORE + 24.6;

/**
 * A function with a store loads these kilobytes more, once: all stores but Redis, whose client is a file of
 * its own. What a class with `static merge` needs beside is a file of its own, too.
 */
const STORED = 43.5;

/** What the first calls of other protocols than Seldon's load beside. */
const FIRST = [
  { what: 'infer with numbers as JSON', sources: FIRST_INFER, most: 13.8, files: 2 },
  { what: 'infer with numbers as bytes', sources: FIRST_BINARY, most: 17.7, files: 3 },
  { what: ':predict', sources: FIRST_PREDICTION, most: 12.5, files: 2 },
];

let sizes: readonly Size[];
let built: Built;
let stored: Size;
let kept: Size;
let graph: Size;

beforeAll(async () => {
  built = await bundleHandlers({ Identity: 'test/models/conformance/Identity.ts' });
  sizes = handlerSizes(built);
  // Of the two files, first.chunk.ts and later.chunk.ts.
  stored = sizeOf(built, fileWith('src/runtime/stores/index.ts', built));
  kept = sizeOf(built, fileWith('src/runtime/state/model-state.ts', built));
  const withGraph = await bundleHandlers({ Identity: 'test/models/conformance/Identity.ts' }, true);
  graph = handlerSizes(withGraph).find(({ name }) => name === 'graph') as Size;
}, 60_000);

test('every handler has a budget', () => {
  expect(sizes.map(({ name }) => name).sort()).toEqual(Object.keys(BUDGETS).sort());
});

test.each(Object.entries(BUDGETS))('%s has at most %i kB', (name, kilobytes) => {
  expect(sizes.find((size) => size.name === name)?.minified).toBeLessThanOrEqual(1000 * kilobytes);
});

test('only what answers with a schema of the model, or with all schemas, loads a dependency before it is needed', () => {
  const loading = sizes.filter(({ dependencies }) => dependencies > 0).map(({ name }) => name);
  expect(loading.sort()).toEqual(['metadata', 'openapi']);
});

test(`graph has at most ${GRAPH} kB`, () => {
  expect(graph.minified).toBeLessThanOrEqual(1000 * GRAPH);
});

test('every function is its own file and the chunk of all', () => {
  const { files } = sizes.find(({ name }) => name === 'predict') as Size;
  expect(files).toBe(2);
});

test('the function of a graph is its own file, the chunk of all, and that of the graph', () => {
  expect(graph.files).toBe(3);
});

test('a function with a store loads a file more, which others use too, and another one while it waits', () => {
  const { minified } = sizes.find(({ name }) => name === 'predict') as Size;
  // The second uses the first.
  expect([stored.files, kept.files]).toEqual([2, 3]);
  // Both count what every function loads; and the second what the first does, but for its own exports.
  expect(kept.minified - minified).toBeLessThanOrEqual(1000 * STORED);
});

test.each(FIRST)('the first $what loads at most $most kB in $files files', ({ sources, most, files }) => {
  const added = addedSize(built, sources);
  expect(added.minified).toBeLessThanOrEqual(1000 * most);
  expect(added.files).toBe(files);
});
