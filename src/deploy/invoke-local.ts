import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from '../bundle/bundle.ts';
import { loadGraph } from '../graph/load-graph.ts';
import { chooseLocal } from './choose-local.ts';
import { graphOf, projectOf } from './graph/graph-of.ts';
import type { Serverless } from './serverless-types.ts';
import { applyStart } from './start-changes.ts';
import { writeBundle } from './write-bundle.ts';

const FOLDER = '.serverless/invoke';

/**
 * Bundles the model that MODEL_NAME names, or the graph, for `invoke local`, with the settings of
 * `npm start`, and points the functions to the bundle.
 *
 * serverless can only require a handler, and a module with a top-level await cannot be required: each
 * function gets a file that imports it.
 *
 * @throws UserError when the model does not exist or does not compile.
 */
export async function bundleForInvoke(serverless: Serverless): Promise<void> {
  const { serviceDir: root, service } = serverless;
  const source = graphOf(serverless);
  const graph = source && (await loadGraph(source, projectOf(serverless, process.env.MODEL_DIR)));
  const { modelName, models } = chooseLocal(serverless, graph !== undefined);
  applyStart(serverless, modelName, graph?.plan);
  rmSync(join(root, FOLDER), { recursive: true, force: true });
  const all = { ...models, ...graph?.models };
  writeBundle(
    join(root, FOLDER),
    await bundle({ root, models: all, outdir: FOLDER, hasGraph: graph !== undefined }),
  );
  if (graph !== undefined) {
    writeFileSync(join(root, FOLDER, 'graph.json'), JSON.stringify(graph.plan));
  }
  for (const definition of Object.values(service.functions)) {
    const module = definition.handler.replace(/\.handler$/, '');
    const file = join(root, FOLDER, 'invoke', `${module}.cjs`);
    mkdirSync(dirname(file), { recursive: true });
    const target = JSON.stringify(`../../${module}.mjs`);
    writeFileSync(
      file,
      `exports.handler = async (event, context) => (await import(${target})).handler(event, context);\n`,
    );
    definition.handler = `${FOLDER}/invoke/${definition.handler}`;
  }
}
