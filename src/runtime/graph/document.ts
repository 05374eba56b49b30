import { checkMetadata } from '../endpoints/metadata.ts';
import { toSeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';
import { type HttpResponse, jsonResponse } from '../http/request.ts';
import { infoForCaller } from '../info-for-caller.ts';
import type { CallContext } from '../instance/endpoint.ts';
import { stringify } from '../json/write-json.ts';
import { type GraphMetadata, toGraphDocument } from '../openapi/graph-document.ts';
import { serverUrl } from '../openapi/server-url.ts';
import { within } from '../time-limit.ts';
import { metadataOf } from './calls-of-units.ts';
import { describeTree, exampleRouting, versionOf } from './describe-tree.ts';
import { failedUnit } from './failure.ts';
import { graphMetadata } from './metadata.ts';
import type { Graph } from './open-graph.ts';
import type { PredictorPlan } from './plan.ts';
import type { ROUTES_OF } from './routes.ts';

/** The longest time that the document waits for the units, in milliseconds. */
const MAX_WAIT_MS = 10_000;

/**
 * Answers an OpenAPI 3.1 document of the endpoints of a graph, with the graph itself in `x-seldon-graph`.
 *
 * @param predictor - whose inputs and outputs are those of the graph.
 */
export async function describeGraph(
  context: CallContext,
  graph: Graph,
  predictor: PredictorPlan,
  routes: (typeof ROUTES_OF)['seldon'],
): Promise<HttpResponse> {
  const { plan, instance } = graph;
  const { request } = context;
  const document = toGraphDocument({
    name: plan.deployment,
    protocol: plan.protocol,
    version: versionOf(predictor),
    graph: describeTree(graph),
    routing: exampleRouting(plan, predictor),
    showsRouting: predictor.isRoutingInjected,
    units: [...new Set(plan.predictors.flatMap(({ units }) => Object.keys(units)))],
    routes,
    metricsPath: instance.config.PREDICTIVE_UNIT_METRICS_ENDPOINT,
    serverUrl: serverUrl(`${request.basePath ?? ''}${request.path}`),
    ...(await tryMetadata(graph, predictor, context)),
  });
  return jsonResponse(stringify(document));
}

/** What the units say, as far as they do, and why the rest is missing. */
interface Found {
  readonly metadata: GraphMetadata | undefined;
  readonly unavailable: string | undefined;
}

/** Asks the units. A graph with a broken unit has the same endpoints, so there is a document for it too. */
async function tryMetadata(graph: Graph, predictor: PredictorPlan, context: CallContext): Promise<Found> {
  const { config, log } = context.instance;
  const reasons: string[] = [];
  const note = (thrown: unknown) => {
    const error = toSeldonError(thrown);
    const node = failedUnit(error);
    log.warn("the OpenAPI document lacks a unit's metadata", { reason: error.reason, node }, thrown);
    const why = infoForCaller(error, config);
    reasons.push(node === undefined ? why : `${node}: ${why}`);
  };
  const metadata = await readMetadata(graph, predictor, context, note).catch((error) => note(error));
  return { metadata: metadata ?? undefined, unavailable: reasons[0] };
}

async function readMetadata(
  graph: Graph,
  predictor: PredictorPlan,
  context: CallContext,
  note: (error: unknown) => void,
): Promise<GraphMetadata> {
  const limitMs = Math.min(MAX_WAIT_MS, context.invocation.remainingMs() / 2);
  const late = () =>
    graphError('GRAPH_TIMEOUT', `the unit did not say what it is within ${Math.round(limitMs)} ms`);
  const opened = await graph.open(predictor);
  const found = await graphMetadata(opened, {
    read: (unit) => within(metadataOf(unit, context, opened), limitMs, late),
    note,
  });
  const portsOf = (side: 'graphinputs' | 'graphoutputs') => {
    try {
      return checkMetadata({ ...NOTHING, inputs: found[side] }).inputs;
    } catch (error) {
      // A unit elsewhere may say anything.
      note(error);
      return [];
    }
  };
  return { ...found, graphinputs: portsOf('graphinputs'), graphoutputs: portsOf('graphoutputs') };
}

const NOTHING = { name: '', versions: [], platform: '', inputs: [], outputs: [], custom: {} };
