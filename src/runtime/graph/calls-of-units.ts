import { deadlineOf, monotonicMs } from '../clock.ts';
import { toSeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';
import type { HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import { stringify } from '../json/write-json.ts';
import { parseJson } from '../parse-json.ts';
import { answeredFailure } from './answered-failure.ts';
import type { BoundUnit, UnitCall } from './bound-unit.ts';
import { failedAt, failedUnit } from './failure.ts';
import { headersToUnits } from './headers.ts';
import { graphMetadata, type MetadataOfGraph } from './metadata.ts';
import type { OpenPredictor } from './open-graph.ts';
import { allNodes } from './open-node.ts';

const EMPTY: HttpResponse = { status: 200, headers: {}, body: '' };

/** The metadata of the whole graph. */
export async function metadataOfGraph(predictor: OpenPredictor, context: CallContext): Promise<HttpResponse> {
  return json(await metadataIn(predictor, context));
}

/** What the units of a graph say of themselves. @throws SeldonError of the first that cannot be asked. */
export function metadataIn(predictor: OpenPredictor, context: CallContext): Promise<MetadataOfGraph> {
  return graphMetadata(predictor, { read: (unit) => metadataOf(unit, context, predictor) });
}

/** The metadata of the unit that the path names. */
export async function metadataOfUnit(
  predictors: readonly OpenPredictor[],
  context: CallContext,
): Promise<HttpResponse> {
  const { unit, predictor } = unitAsked(predictors, context);
  return unit.metadata?.(await callOf(context, predictor)) ?? json({});
}

/** The health of the unit that the path names. */
export async function statusOfUnit(
  predictors: readonly OpenPredictor[],
  context: CallContext,
): Promise<HttpResponse> {
  const { unit, predictor } = unitAsked(predictors, context);
  // Code of this package is always ready.
  return (
    unit.status?.(await callOf(context, predictor)) ??
    json({ data: { names: [], ndarray: ['healthy'] }, meta: {} })
  );
}

/** 503 without a body as long as a unit cannot be opened or loaded, or cannot be reached. */
export async function readiness(
  open: () => Promise<readonly OpenPredictor[]>,
  { invocation: { remainingMs }, instance }: CallContext,
): Promise<HttpResponse> {
  try {
    for (const { root } of await open()) {
      for (const { unit, name } of allNodes(root)) {
        await asUnit(name, unit.check?.(leftMs(remainingMs)) ?? unit.prepare(remainingMs));
      }
    }
    return EMPTY;
  } catch (error) {
    instance.log.warn('a unit is not ready', { node: failedUnit(toSeldonError(error)) }, error);
    return { ...EMPTY, status: 503 };
  }
}

async function asUnit(name: string, checked: Promise<unknown>): Promise<void> {
  try {
    await checked;
  } catch (error) {
    throw failedAt(name, error);
  }
}

function json(value: unknown): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: stringify(value) };
}

interface Asked {
  readonly unit: BoundUnit;
  readonly predictor: OpenPredictor;
}

/** @throws SeldonError GRAPH_UNKNOWN_NODE naming the units that exist. */
function unitAsked(predictors: readonly OpenPredictor[], { request }: CallContext): Asked {
  const name = request.params?.node ?? request.params?.model ?? '';
  const predictor = predictors.find(({ units }) => units.has(name));
  const unit = predictor?.units.get(name);
  if (predictor === undefined || unit === undefined) {
    const known = new Set(predictors.flatMap(({ units }) => [...units.keys()]));
    throw graphError(
      'GRAPH_UNKNOWN_NODE',
      `the graph has no unit of this name; expected one of ${[...known].join(', ')}`,
    );
  }
  return { unit, predictor };
}

/**
 * The metadata of a unit; undefined when it has none. @throws SeldonError when it is not answered with 200.
 */
export async function metadataOf(
  unit: BoundUnit,
  context: CallContext,
  predictor: OpenPredictor,
): Promise<unknown> {
  const response = await unit.metadata?.(await callOf(context, predictor));
  if (response === undefined) {
    return undefined;
  }
  const { status, body } = response;
  if (status !== 200) {
    throw answeredFailure(response);
  }
  // Undefined would mean that it has none.
  return parseJson(Buffer.from(body).toString()) ?? null;
}

/** A call of a unit that does not go through the graph. It has the time of one that does. */
async function callOf(context: CallContext, { plan }: OpenPredictor): Promise<UnitCall> {
  const { invocation, instance, request } = context;
  return {
    context,
    invocation,
    headers: await headersToUnits(request, instance.config.SELDON_GRAPH_HEADERS, invocation.puid),
    children: [],
    timeoutMs: Math.min(leftMs(invocation.remainingMs), plan.restTimeoutMs ?? Number.POSITIVE_INFINITY),
  };
}

/** The time of the function that is left, without what its own answer needs. */
function leftMs(remainingMs: () => number): number {
  return deadlineOf(remainingMs) - monotonicMs();
}
