import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findGraph } from '../../../src/graph/find-graph.ts';
import { loadGraph } from '../../../src/graph/load-graph.ts';
import iris from '../../fixtures/iris-expected.json' with { type: 'json' };
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { feedback, prediction } from '../../support/graph/simple-graph.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

async function example(name: string) {
  const source = findGraph(ROOT, { environment: {}, given: `models/graphs/${name}.yaml` });
  const project = { root: ROOT, modelFolder: `${ROOT}models`, environment: {} };
  return loadGraph(source as NonNullable<typeof source>, project);
}

/** The species that an answer finds most likely. */
function guess(body: string | Uint8Array): number {
  const [row] = JSON.parse(String(body)).data.ndarray as [number[]];
  return row.indexOf(Math.max(...row));
}

test('the bandit learns which classifier is better, over several instances', async () => {
  const { plan } = await example('bandit');
  const environment = { STATE_URL: `memory://${randomUUID()}`, STATE_MAX_AGE_MS: '0' };
  for (let round = 0; round < 6; round++) {
    // Another instance each time; what it has learned is in the store.
    const served = await serveGraph(plan, {}, environment);
    for (const [index, features] of iris.X.entries()) {
      const request = { data: { ndarray: [features] } };
      const { body } = await served.send(prediction(request));
      const reward = guess(body) === iris.y[index] ? 1 : 0;
      const told = await served.send(feedback({ request, response: JSON.parse(String(body)), reward }));
      expect(told.status).toBe(200);
    }
  }
  const served = await serveGraph(plan, {}, environment);
  const counts = { sepals: 0, regression: 0 };
  for (let i = 0; i < 100; i++) {
    const { body } = await served.send(prediction({ data: { ndarray: [[5.1, 3.5, 1.4, 0.2]] } }));
    const { routing } = JSON.parse(String(body)).meta;
    counts[routing.router === 1 ? 'regression' : 'sepals']++;
  }
  // One in five explores.
  expect(counts.regression).toBeGreaterThan(60);
});

test('the ensemble is right more often than the weakest of its classifiers', async () => {
  const { plan } = await example('ensemble');
  const served = await serveGraph(plan, {});
  const { status, body } = await served.send(prediction({ data: { ndarray: iris.X } }));
  expect(status).toBe(200);
  const rows = JSON.parse(String(body)).data.ndarray as number[][];
  const right = rows.filter((row, index) => row.indexOf(Math.max(...row)) === iris.y[index]).length;
  expect(right / rows.length).toBeGreaterThan(0.85);
  for (const row of rows) {
    expect(row.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  }
});

test('the canary has its share of the requests, and the shadow none', async () => {
  const { plan } = await example('canary');
  expect(plan.predictors.map(({ name, traffic, isShadow }) => [name, traffic, isShadow])).toEqual([
    ['main', 90, false],
    ['canary', 10, false],
    ['next', 100, true],
  ]);
  const served = await serveGraph(plan, {});
  const names = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const { status, headers } = await served.send(
      prediction({ data: { ndarray: [[5.1, 3.5, 1.4, 0.2]] } }, { 'seldon-puid': `p${i}` }),
    );
    expect(status).toBe(200);
    names.add(headers['seldon-predictor'] as string);
  }
  expect([...names].sort()).toEqual(['canary', 'main']);
});
