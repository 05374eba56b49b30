import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphPlan, NodePlan, UnitPlan } from '../../src/runtime/graph/plan.ts';
import { bundleHandlers, writeBuilt } from '../../test/support/artifact.ts';

/** Functions with graphs, as they would be deployed, in temporary folders. */
export interface GraphArtifact {
  /** The folder of a chain of so many units, all of the class Identity. */
  folderOf(units: number): string;
  remove(): void;
}

/** Bundles the handlers once, for chains of these lengths. */
export async function makeGraphArtifact(lengths: readonly number[]): Promise<GraphArtifact> {
  const built = await bundleHandlers({ Identity: 'bench/models/Identity.ts' }, true);
  const folders = new Map<number, string>();
  for (const length of lengths) {
    const folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-graph-'));
    folders.set(length, folder);
    writeBuilt(folder, built);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
    writeFileSync(join(folder, 'graph.json'), JSON.stringify(chainOf(length)));
  }
  return {
    folderOf: (units) => folders.get(units) as string,
    remove() {
      for (const folder of folders.values()) {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function chainOf(length: number): GraphPlan {
  const names = Array.from({ length }, (_, index) => `unit-${index}`);
  const unit: UnitPlan = { target: 'model:Identity', parameters: '[]', metadata: '' };
  const calls = { routes: false, aggregates: false, transformsOutput: false, getsFeedback: true };
  const root = names.reduceRight<NodePlan | undefined>(
    (child, name) => ({
      ...calls,
      unit: name,
      type: 'MODEL',
      input: 'predict',
      children: child === undefined ? [] : [child],
    }),
    undefined,
  ) as NodePlan;
  return {
    deployment: 'bench',
    predictors: [
      {
        name: 'main',
        labels: {},
        traffic: 100,
        isShadow: false,
        isRoutingInjected: false,
        root,
        units: Object.fromEntries(names.map((name) => [name, unit])),
      },
    ],
  };
}
