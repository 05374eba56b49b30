import { basename, join, relative } from 'node:path';
import type { BundleOptions } from '../bundle/options.ts';
import { UserError } from '../bundle/user-error.ts';
import { type GraphProject, type LoadedGraph, loadGraph } from '../graph/load-graph.ts';
import type { GraphPlan } from '../runtime/graph/plan.ts';
import { localFolder } from '../runtime/unit/files/fetch.ts';
import { makeBuildFolder } from './build-folder.ts';
import { chooseLocal, type LocalModel } from './choose-local.ts';
import { graphOf, projectOf } from './graph/graph-of.ts';
import { keepGraph } from './graph/keep-graph.ts';
import { type LocalService, withShadows } from './graph/local-shadows.ts';
import { readShadowTargets } from './graph/shadow-targets.ts';
import { handlersOf } from './handlers-of.ts';
import { keepBundled } from './keep-bundled.ts';
import { toDefinitions } from './local/definitions.ts';
import { offerDirectInvocation } from './local/direct-invocation.ts';
import { type Functions, openFunctions } from './local/functions.ts';
import { openGateway } from './local/gateway.ts';
import type { LocalFunction } from './local/instance.ts';
import { type Route, toRoutes } from './local/routes.ts';
import { lookForServers } from './local/servers.ts';
import { badAddress, readPort, refuseBusyPort } from './ports.ts';
import type { OfflineOptions, Serverless } from './serverless-types.ts';
import { applyStart } from './start-changes.ts';
import { pathsBelow, watchFiles } from './watch-files.ts';

/** Models, or a graph, that are served on this machine. */
export interface DevServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Their files are relative to the folder of serverless.yml. */
  readonly models: readonly LocalModel[];
  /** The inference graph, as it was when the server started. */
  readonly graph?: LoadedGraph | undefined;
  /** The bundle, an absolute path. */
  readonly folder: string;
  readonly routes: readonly Route[];
  readonly definitions: Readonly<Record<string, LocalFunction>>;
}

/**
 * Serves the model that MODEL_NAME names, or the graph of the project: bundles it, and again after each
 * change of a source file, of a file of the model, or of the graph; answers as an HTTP API; and leaves direct
 * invocation to serverless-offline.
 *
 * @throws UserError when a port is not one, or in use, when the model or the folder of its MODEL_URI does not
 *   exist, when a variable has a URL that no function can use, or when the first bundle does not compile or
 *   cannot be written.
 */
export async function serveModel(serverless: Serverless, given: Partial<OfflineOptions>): Promise<DevServer> {
  const { serviceDir: root, service } = serverless;
  const options = withPorts(service.custom['serverless-offline'], given);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => process.exit(0));
  }
  const { host, port, lambdaPort } = options;
  await refuseBusyPort('httpPort', port, host);
  await refuseBusyPort('lambdaPort', lambdaPort, host);
  const source = graphOf(serverless);
  const project = projectOf(serverless, options.models ?? process.env.MODEL_DIR);
  const graph = source && (await loadGraph(source, project));
  if (graph !== undefined) {
    readShadowTargets(process.env.SELDON_SHADOWS, graph.plan);
  }
  const chosen = chooseLocal(serverless, graph !== undefined, options.models);
  const folders = await Promise.all(urisOf(graph).map(findFolder));
  applyStart(serverless, chosen.modelName, graph?.plan);
  // Before anything is written; the folder makes no difference to what they call.
  await lookForServers(Object.values(toDefinitions(serverless, root, true)));
  const outdir = makeBuildFolder(root);
  const folder = join(root, outdir);
  const url = `http://${urlHost(host)}:${port}`;
  const whole: LocalService = {
    definitions: toDefinitions(serverless, folder, !options.noTimeout),
    routes: toRoutes(service.functions),
  };
  let served = graph === undefined ? whole : withShadows(whole, graph.plan, url);
  const functions = openFunctions(served.definitions, {
    idleMs: Number(options.terminateIdleLambdaTime) * 1000,
    report: console.error,
  });
  const handlers = handlersOf(serverless);
  const modelNames = chosen.served.map(({ name }) => name);
  const build = { root, models: chosen.models, modelNames, outdir, handlers, hasGraph: graph !== undefined };
  await keepServed({ graph, project }, build, (plan) => {
    served = plan === undefined ? whole : withShadows(whole, plan, url);
    functions.replace(served.definitions);
  });
  for (const each of folders) {
    followFiles(each, functions);
  }
  followSettings(join(root, serverless.configurationFilename));
  await openGateway({
    host,
    port,
    get routes() {
      return served.routes;
    },
    functions,
    report: console.error,
  }).catch((error) => {
    throw badAddress('httpPort', port, host, error);
  });
  offerDirectInvocation(serverless, functions);
  return {
    url,
    models: chosen.served.map((model) => ({ ...model, file: relative(root, model.file) })),
    graph,
    folder,
    ...whole,
  };
}

/** The host in a URL of this machine. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') {
    return '127.0.0.1';
  }
  return host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
}

/** The options with both ports; serverless-offline reads its own from serverless.yml. */
function withPorts(configured: OfflineOptions, given: Partial<OfflineOptions>) {
  const options = { ...configured, ...given };
  const port = readPort('httpPort', options.httpPort);
  const lambdaPort = readPort('lambdaPort', options.lambdaPort ?? port + 2);
  configured.lambdaPort = lambdaPort;
  return { ...options, port, lambdaPort };
}

async function keepServed(
  { graph, project }: { readonly graph: LoadedGraph | undefined; readonly project: GraphProject },
  build: BundleOptions,
  changed: (plan: GraphPlan | undefined) => void,
): Promise<void> {
  if (graph === undefined) {
    await keepBundled(build, { changed: () => changed(undefined) });
  } else {
    await keepGraph({ graph, project, options: build }, changed);
  }
}

/** Each MODEL_URI that is a folder of this machine: that of the shell, and those of units. */
function urisOf(graph: LoadedGraph | undefined): string[] {
  const units = graph?.plan.predictors.flatMap((each) => Object.values(each.units)) ?? [];
  const uris = [process.env.MODEL_URI ?? '', ...units.map(({ modelUri = '' }) => modelUri)];
  return [...new Set(uris.filter((uri) => uri.startsWith('file:')))];
}

/** The folder of a MODEL_URI on this machine. */
async function findFolder(uri: string): Promise<string> {
  return localFolder(uri).catch(({ message }) => {
    throw new UserError(message);
  });
}

/** Functions and paths are made of the settings once. */
function followSettings(file: string): void {
  const changed = () =>
    console.log(`${basename(file)} has changed: stop this server and start it again to serve that`);
  watchFiles(changed).add([file]);
}

/** The files of a MODEL_URI on this machine are read where they are: a change needs new instances alone. */
function followFiles(folder: string, functions: Functions): void {
  const follow = () => watcher.add(pathsBelow(folder, { files: true }));
  const watcher = watchFiles(() => {
    functions.replace();
    console.log('the files of MODEL_URI have changed: the model will be loaded again');
    follow();
  });
  follow();
}
