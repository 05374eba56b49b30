import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkModelFolder } from '../../bundle/model-folder.ts';
import { findGraph, type GraphSource } from '../../graph/find-graph.ts';
import type { GraphProject } from '../../graph/load-graph.ts';
import type { Serverless } from '../serverless-types.ts';

/**
 * The graph that a command of serverless serves or deploys; undefined without one. A deployment takes the
 * graph of the last zip, unless something names another.
 *
 * @throws UserError when a file is named that does not exist.
 */
export function graphOf(serverless: Serverless): GraphSource | undefined {
  const { serviceDir, configurationInput, processedInput } = serverless;
  const isOffline = processedInput.commands[0] === 'offline';
  return findGraph(serviceDir, {
    given: processedInput.options.graph,
    configured: configurationInput.graph,
    last: isOffline ? undefined : lastGraph(serviceDir),
  });
}

/** The project of this graph. `folder`: of the models; default: as serverless.yml says. */
export function projectOf(serverless: Serverless, folder?: string): GraphProject {
  const { serviceDir: root, configurationInput: configuration } = serverless;
  return { root, modelFolder: resolve(root, folder ?? checkModelFolder(configuration.modelFolder)) };
}

/** The file of the graph in the last zip, as `package` has recorded it; undefined without one. */
export function lastGraph(root: string): string | undefined {
  const record = join(root, 'dist/extra.json');
  const { graph }: { graph?: unknown } = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
  return typeof graph === 'string' ? graph : undefined;
}
