import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { findModel, modelsIn, pathOf } from '../bundle/model-sources.ts';
import { UserError } from '../bundle/user-error.ts';
import { toBoolean } from '../runtime/config.ts';
import { compileGraph } from './compile.ts';
import type { Compiled } from './deployment.ts';
import type { GraphSource } from './find-graph.ts';
import { readNodes } from './nodes.ts';
import { modelOf } from './targets.ts';

/** A graph of a project, compiled. */
export interface LoadedGraph extends Compiled {
  readonly source: GraphSource;
  /** The files of the classes that its units are bound to, absolute, by name. */
  readonly models: Readonly<Record<string, string>>;
  /** The names of those whose units all have a MODEL_URI of their own. */
  readonly withModelUri: readonly string[];
}

/** The project of a graph. */
export interface GraphProject {
  readonly root: string;
  /** The folder of the models, absolute. */
  readonly modelFolder: string;
  /** The environment; default: that of the process. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Reads and compiles a graph, and finds the files of its classes.
 *
 * @throws UserError for a graph that cannot be read, or cannot work.
 */
export async function loadGraph(source: GraphSource, project: GraphProject): Promise<LoadedGraph> {
  const { root, modelFolder, environment = process.env } = project;
  const { SELDON_ENABLE_ROUTING_INJECTION: injection, SELDON_DEPLOYMENT_ID: deployment } = environment;
  const nodesName = relative(root, source.nodesFile);
  const compiled = await compileGraph(textOf(source, environment), source.name, {
    nodes: readNodes(source.nodesFile, nodesName, environment),
    models: namesIn(modelFolder),
    hasModel: (name) => findModel(modelFolder, pathOf(name)) !== undefined,
    modelFolder: relative(root, modelFolder) || modelFolder,
    isRoutingInjected: injection === undefined ? undefined : toBoolean(injection) !== false,
    deployment: deployment || undefined,
  });
  return { ...compiled, source, ...filesOf(compiled, modelFolder) };
}

function textOf({ file, name }: GraphSource, { ENGINE_PREDICTOR = '' }: NodeJS.ProcessEnv): string {
  if (file === undefined) {
    return Buffer.from(ENGINE_PREDICTOR, 'base64').toString();
  }
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new UserError(`${name}: ${(error as Error).message}`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return Object.keys(modelsIn(folder));
  } catch {
    return [];
  }
}

function filesOf({ plan }: Compiled, folder: string): Pick<LoadedGraph, 'models' | 'withModelUri'> {
  const found = new Map<string, string>();
  const without = new Set<string>();
  for (const { target, modelUri } of plan.predictors.flatMap(({ units }) => Object.values(units))) {
    const name = modelOf(target);
    const path = name === undefined ? undefined : pathOf(name);
    const file = path === undefined ? undefined : findModel(folder, path);
    if (path !== undefined && file !== undefined) {
      found.set(path, file);
      if (modelUri === undefined) {
        without.add(path);
      }
    }
  }
  return {
    models: Object.fromEntries(found),
    withModelUri: [...found.keys()].filter((path) => !without.has(path)),
  };
}
