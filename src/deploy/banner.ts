import type { GraphProtocol } from '../runtime/graph/plan.ts';
import { ROUTES_OF } from '../runtime/graph/routes.ts';
import { protocols } from '../runtime/protocols/index.ts';
import { type EndpointName, type HttpMethod, ROUTES } from '../runtime/routes.ts';
import type { LocalModel } from './choose-local.ts';
import type { DevServer } from './dev-server.ts';
import { unitsTable } from './graph/units-table.ts';
import { type ModelReport, reportModel } from './model-report.ts';
import { GRAPH } from './project/arrange-functions.ts';
import type { Serverless } from './serverless-types.ts';

/**
 * Prints the units of the graph, and the URL of every endpoint of each model with its methods and its
 * function, and a request to try. The endpoints whose method the model has come first, and those whose method
 * it lacks come last. When a model cannot be served, a line says why.
 */
export async function showEndpoints(serverless: Serverless, server: DevServer): Promise<void> {
  const { url, models } = server;
  const methods = methodsByPath(serverless.service.provider.environment.PREDICTIVE_UNIT_METRICS_ENDPOINT);
  const reports = await Promise.all(models.map((model) => reportModel(server, model)));
  const blocks = models.flatMap((model, index) => {
    const report = reports[index] ?? NOTHING_KNOWN;
    return [
      `${model.name} at ${index === 0 ? url : `${url}${model.path}`}`,
      ...linesOf(rowsOf(server, model), methods, report),
      '',
      ...(report.problem === undefined ? [] : [report.problem]),
    ];
  });
  const example = server.graph
    ? graphCall(url, server.graph.plan.protocol)
    : exampleCall(url, reports[0] ?? NOTHING_KNOWN);
  console.log([...graphBlock(server, methods), ...blocks, `try it: ${url}/docs`, example].join('\n'));
}

/** The graph with its units and its paths, and those of all functions where no model is served by itself. */
function graphBlock(server: DevServer, methods: ReadonlyMap<string, readonly HttpMethod[]>): string[] {
  const { graph, url, models, routes } = server;
  if (graph === undefined) {
    return [];
  }
  const rows = routes.flatMap(({ key, functionName }) => {
    const path = key.split(' ')[1] ?? '';
    const isShown = path !== '' && !path.includes('{namespace}');
    return isShown && (functionName === GRAPH || models.length === 0)
      ? [{ path, functionName, plainName: functionName }]
      : [];
  });
  return [`${unitsTable(graph)}`, `at ${url}`, ...linesOf(rows, methods, NOTHING_KNOWN), ''];
}

/** A curl line that calls the graph. */
function graphCall(url: string, protocol: GraphProtocol = 'seldon'): string {
  const [path, body] = GRAPH_CALLS[protocol];
  return `curl ${url}${path} -H 'content-type: application/json' -d '${body}'`;
}

/** The path of a prediction of a graph, and a request of one row. */
const GRAPH_CALLS: Readonly<Record<GraphProtocol, readonly [path: string, body: string]>> = {
  seldon: ['/api/v1.0/predictions', '{"data": {"ndarray": [[1,2,3,4]]}}'],
  'open-inference': [
    '/v2/models/infer',
    '{"inputs": [{"name": "x", "shape": [1,4], "datatype": "FP64", "data": [1,2,3,4]}]}',
  ],
  tensorflow: ['/v1/models:predict', '{"instances": [[1,2,3,4]]}'],
};

const NOTHING_KNOWN: ModelReport = { endpoints: [] };

interface Row {
  /** Below the URL of the model. */
  readonly path: string;
  readonly functionName: string;
  /** The name of the same function of the first model. */
  readonly plainName: string;
}

/**
 * The paths of a model, without those of Seldon's ingress: each has the same end as another one. Of the first
 * model only the plain paths, and not those below its word.
 */
function rowsOf({ routes, models }: DevServer, { path: base, prefix }: LocalModel): Row[] {
  const bases = models.map(({ path }) => path).filter((path) => path !== '');
  return routes.flatMap(({ key, functionName }) => {
    const path = key.split(' ')[1] ?? '';
    const own = bases.find((each) => path.startsWith(`${each}/`)) ?? '';
    return functionName === GRAPH || path === '' || path.includes('{') || own !== (prefix === '' ? '' : base)
      ? []
      : [{ path: path.slice(own.length), functionName, plainName: functionName.replace(prefix, '') }];
  });
}

function linesOf(
  rows: readonly Row[],
  methods: ReadonlyMap<string, readonly HttpMethod[]>,
  report: ModelReport,
): string[] {
  const sorted = [...rows].sort((a, b) => rankOf(a.plainName, report) - rankOf(b.plainName, report));
  const width = Math.max(0, ...rows.map(({ path }) => path.length));
  return sorted.map(
    ({ path, functionName }) =>
      `  ${(methods.get(path)?.join(',') ?? 'any').padEnd(9)} ${path.padEnd(width)}  ${functionName}`,
  );
}

/** The methods of every path, in all protocols. `metricsPath`: PREDICTIVE_UNIT_METRICS_ENDPOINT. */
function methodsByPath(metricsPath: string | null | undefined): ReadonlyMap<string, readonly HttpMethod[]> {
  // The keys of the table are the endpoints' names.
  const names = Object.keys(ROUTES) as EndpointName[];
  const routes = names.flatMap((name) => Object.entries(protocols.routesOf(name)));
  const ofGraph = Object.values(ROUTES_OF).flatMap((each) =>
    Object.values(each).flatMap((paths) => Object.entries(paths)),
  );
  return new Map([...ofGraph, ...routes, [metricsPath ?? '/prometheus', ['GET']]]);
}

/** The functions that call a method of the model: each is named as its endpoint. */
const CALLING = ['predict', 'send-feedback', 'transform-input', 'transform-output', 'route', 'aggregate'];

/** Below 0: the model has the method, by its order; 0: no method is needed; 1: the model lacks it. */
function rankOf(functionName: string, { endpoints }: ModelReport): number {
  if (!CALLING.includes(functionName) || endpoints.length === 0) {
    return 0;
  }
  const names: readonly string[] = endpoints;
  const index = names.indexOf(functionName);
  return index < 0 ? 1 : index - endpoints.length;
}

/** What is sent where a model takes no array. */
const PAYLOADS = { strData: '"a text"', binData: '"YSB0ZXh0"', jsonData: '{"text": "a text"}' } as const;

/** A curl line that calls the first method of the model, with what it takes as far as that is known. */
function exampleCall(url: string, report: ModelReport): string {
  const { endpoints: [endpoint = 'predict'] = [], columns = 4, field } = report;
  const row = Array.from({ length: columns }, (_, index) => index + 1);
  const rows = `{"data": {"ndarray": [[${row}]]}}`;
  const message = field === undefined ? rows : `{"${field}": ${PAYLOADS[field]}}`;
  const bodies: Partial<Record<EndpointName, string>> = {
    aggregate: `{"seldonMessages": [${message}, ${message}]}`,
    // Only arrays reach the model with a feedback.
    'send-feedback': `{"request": ${rows}, "reward": 1}`,
  };
  const body = bodies[endpoint] ?? message;
  return `curl ${url}/${endpoint} -H 'content-type: application/json' -d '${body}'`;
}
