import { deadlineOf, monotonicMs } from '../clock.ts';
import { type SeldonError, toSeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';
import type { HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import { stringify } from '../json/write-json.ts';
import { parseJson } from '../parse-json.ts';
import { within } from '../time-limit.ts';
import { answeredFailure } from './answered-failure.ts';
import type { BoundUnit, UnitCall } from './bound-unit.ts';
import { countQuestion } from './count-question.ts';
import { failedAt, failedUnit } from './failure.ts';
import { headersToUnits } from './headers.ts';
import { graphMetadata, type MetadataOfGraph } from './metadata.ts';
import type { OpenPredictor } from './open-graph.ts';
import type { OpenNode } from './open-node.ts';

const EMPTY: HttpResponse = { status: 200, headers: {}, body: '' };

/** The metadata of the whole graph. */
export function metadataOfGraph(predictor: OpenPredictor, context: CallContext): Promise<HttpResponse> {
  return countQuestion(
    { of: 'graph', service: 'metadata', labels: predictor.labels },
    context.instance,
    async () => json(await metadataIn(predictor, context)),
  );
}

/** What the units of a graph say of themselves. @throws SeldonError of the first that cannot be asked. */
export function metadataIn(predictor: OpenPredictor, context: CallContext): Promise<MetadataOfGraph> {
  return graphMetadata(predictor, { read: (unit) => metadataOf(unit, context, predictor) });
}

/** The metadata of the unit that the path names. */
export function metadataOfUnit(predictors: Predictors, context: CallContext): Promise<HttpResponse> {
  return askUnit('metadata', predictors, context);
}

/** The health of the unit that the path names. */
export function statusOfUnit(predictors: Predictors, context: CallContext): Promise<HttpResponse> {
  return askUnit('status', predictors, context);
}

type Predictors = readonly OpenPredictor[];

/** A question to a unit: its path there, and the answer of code of this package, which is always ready. */
const QUESTIONS = {
  metadata: { path: '/metadata', own: {} },
  status: { path: '/health/status', own: { data: { names: [], ndarray: ['healthy'] }, meta: {} } },
} as const;

function askUnit(
  question: keyof typeof QUESTIONS,
  predictors: Predictors,
  context: CallContext,
): Promise<HttpResponse> {
  const asked = unitAsked(predictors, context);
  const labels = (asked?.predictor ?? predictors[0])?.labels;
  return countQuestion({ of: 'graph', service: question, labels }, context.instance, async () => {
    if (asked === undefined) {
      throw unknownUnit(predictors);
    }
    const { name, unit, predictor } = asked;
    const answered = await asUnit(name, ask(unit, question, context, predictor));
    return answered ?? json(QUESTIONS[question].own);
  });
}

/** The answer of a unit; undefined when it has none. */
async function ask(
  unit: BoundUnit,
  question: keyof typeof QUESTIONS,
  context: CallContext,
  predictor: OpenPredictor,
): Promise<HttpResponse | undefined> {
  if (unit[question] === undefined) {
    return undefined;
  }
  const call = await callOf(context, predictor);
  const counted = { of: 'unit', service: QUESTIONS[question].path, labels: unit.labels } as const;
  return countQuestion(counted, context.instance, () => {
    const answering = unit[question]?.(call) as Promise<HttpResponse>;
    // A unit elsewhere keeps the time itself.
    return unit.where === 'local' ? within(answering, call.timeoutMs, () => late(call)) : answering;
  });
}

function late({ timeoutMs }: UnitCall): Error {
  return graphError('GRAPH_TIMEOUT', `the unit did not answer within ${Math.round(timeoutMs)} ms`);
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

/** All nodes, children before their parents. */
function* allNodes(node: OpenNode): Generator<OpenNode> {
  for (const child of node.children) {
    yield* allNodes(child);
  }
  yield node;
}

async function asUnit<T>(name: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw failedAt(name, error);
  }
}

function json(value: unknown): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: stringify(value) };
}

interface Asked {
  readonly name: string;
  readonly unit: BoundUnit;
  readonly predictor: OpenPredictor;
}

/** The unit that the path names; undefined where there is none. */
function unitAsked(predictors: Predictors, { request }: CallContext): Asked | undefined {
  const name = request.params?.node ?? request.params?.model ?? '';
  const predictor = predictors.find(({ units }) => units.has(name));
  const unit = predictor?.units.get(name);
  return predictor && unit && { name, unit, predictor };
}

/** The error that names the units that there are. */
function unknownUnit(predictors: Predictors): SeldonError {
  const known = new Set(predictors.flatMap(({ units }) => [...units.keys()]));
  return graphError(
    'GRAPH_UNKNOWN_NODE',
    `the graph has no unit of this name; expected one of ${[...known].join(', ')}`,
  );
}

/**
 * The metadata of a unit; undefined when it has none. @throws SeldonError when it is not answered with 200.
 */
export async function metadataOf(
  unit: BoundUnit,
  context: CallContext,
  predictor: OpenPredictor,
): Promise<unknown> {
  const response = await ask(unit, 'metadata', context, predictor);
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
