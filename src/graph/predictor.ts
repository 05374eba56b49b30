import { isDeepStrictEqual } from 'node:util';
import { toBoolean } from '../runtime/config.ts';
import type { GraphProtocol, NodePlan, PredictorPlan, UnitPlan } from '../runtime/graph/plan.ts';
import { readParameters } from '../runtime/unit/parameters.ts';
import {
  type Annotations,
  checkAnnotations,
  orchestratorVariable,
  readAnnotations,
  readOptional,
  readTimeout,
} from './annotations.ts';
import { annotationOf, type Bound, bind, type Targets } from './bind.ts';
import { type Container, readContainers, readEnv } from './containers.ts';
import type { OpenNotes } from './notes.ts';
import { refuseOnePath } from './one-path.ts';
import type { Part } from './part.ts';
import { modelOf } from './targets.ts';
import { type Counter, combinedBy, type Place, type ReadUnit, readPlaces, runsAt, toNodes } from './tree.ts';
import {
  checkImplementation,
  noteMembers,
  noteVariables,
  readEndpoint,
  readKind,
  toUnitPlan,
} from './unit.ts';

/** A predictor in a document, and what it shares with the others. */
export interface PredictorSource {
  readonly part: Part;
  /** The annotations of the deployment. */
  readonly annotations: Part;
  readonly targets: Targets;
  readonly notes: OpenNotes;
  readonly counter: Counter;
  readonly protocol: GraphProtocol;
}

/** A predictor for the plan, its `traffic` as it is written, and where its units run. */
export interface CompiledPredictor {
  readonly plan: Omit<PredictorPlan, 'isRoutingInjected' | 'traffic' | 'isShadow'>;
  /** Undefined: it depends on the graph. */
  readonly isRoutingInjected: boolean | undefined;
  readonly bound: ReadonlyMap<string, Bound>;
}

/**
 * Compiles the graph of one predictor.
 *
 * @throws UserError for a graph that cannot work.
 */
export async function compilePredictor(source: PredictorSource): Promise<CompiledPredictor> {
  const { part, notes } = source;
  const name = part.member('name').name();
  const annotations = readAnnotations(source.annotations, part.member('annotations'));
  const graph = part.member('graph');
  if (!graph.isThere) {
    graph.refuse('is not there; expected a unit, such as {name: classifier, type: MODEL}');
  }
  const places = readPlaces(graph, source.counter);
  checkAnnotations(annotations, new Set(places.map(({ unit }) => unit)), notes);
  if (annotations.get('seldon.io/no-engine')?.text() === 'true' && places.length > 1) {
    annotations.get('seldon.io/no-engine')?.refuse('is true, but the graph has more than one unit');
  }
  const env = readOrchestrator(part.member('svcOrchSpec'), notes);
  const reader = { name, annotations, env, source };
  const containers = readContainers(part.member('componentSpecs'), notes);
  const units = new Map<Place, ReadUnit>();
  for (const place of places) {
    units.set(place, await readUnit(place, containers.get(place.unit), reader));
  }
  noteContainers(containers, places, notes);
  const nodes = toNodes(places, units, readOptional(annotations, combinedBy(places, units)));
  refuseOnePath(source.protocol, nodes, units);
  const root = nodes.get(places[0] as Place) as NodePlan;
  warnOfNodes(places, root, notes);
  const timeout = readTimeout(annotations);
  const injection = orchestratorVariable('SELDON_ENABLE_ROUTING_INJECTION', env, annotations);
  return {
    plan: {
      name,
      labels: { ...labelsOf(part), version: versionOf(part, name) },
      ...(timeout !== undefined && { restTimeoutMs: timeout }),
      root,
      units: Object.fromEntries(uniqueUnits(places, units)),
    },
    // As in the reference, a word that is neither yes nor no counts as yes.
    isRoutingInjected: injection === undefined ? undefined : toBoolean(injection) !== false,
    bound: new Map(places.map((place) => [place.unit, (units.get(place) as ReadUnit).bound])),
  };
}

/** The variables of the orchestrator that count here. */
const VARIABLES = ['SELDON_ENABLE_ROUTING_INJECTION', 'REQUEST_LOGGER_DEFAULT_ENDPOINT'];

/** The variables of the orchestrator; nothing else of it is there. */
function readOrchestrator(orchestrator: Part, notes: OpenNotes): ReadonlyMap<string, string> {
  const env = readEnv(orchestrator.member('env'), notes);
  const others = [...env.keys()].filter((name) => !VARIABLES.includes(name));
  for (const name of [...orchestrator.names().filter((each) => each !== 'env'), ...others]) {
    notes.ignored.add(`${name.slice(0, 80)} of svcOrchSpec`);
  }
  return env;
}

/** What the units of a predictor share. */
interface UnitReader {
  readonly name: string;
  readonly annotations: Annotations;
  readonly env: ReadonlyMap<string, string>;
  readonly source: PredictorSource;
}

async function readUnit(
  { part, unit, children }: Place,
  container: Container | undefined,
  { name, annotations, env, source }: UnitReader,
): Promise<ReadUnit> {
  const { targets, notes } = source;
  noteMembers(part, notes);
  const kind = readKind(part);
  const { implementation } = kind;
  const bound = bind(
    {
      unit,
      predictor: name,
      part,
      annotation: annotations.get(annotationOf(unit))?.text(),
      modelName: container?.env.get('MODEL_NAME') || undefined,
      implementation: implementation === 'UNKNOWN_IMPLEMENTATION' ? undefined : implementation,
      url: endpointOf(part),
      alsoSought:
        ` no MODEL_NAME in a container ${unit}, no hardcoded implementation, no service_host of another ` +
        'machine,',
    },
    targets,
  );
  const loggerUrl = orchestratorVariable('REQUEST_LOGGER_DEFAULT_ENDPOINT', env, annotations);
  const plan = toUnitPlan(part, bound.target, container, loggerUrl);
  const parameters = await readParameters(plan.parameters).catch((error: Error) =>
    part.member('parameters').refuse(`(of the unit ${unit}): ${error.message}`),
  );
  if (runsAt({ kind, bound }) !== undefined) {
    checkImplementation(part, kind, children.length, parameters);
  }
  if (container !== undefined && modelOf(bound.target) !== undefined) {
    noteVariables(unit, container, notes);
  }
  return { kind, bound, plan };
}

function endpointOf(part: Part): Bound | undefined {
  const target = readEndpoint(part.member('endpoint'));
  return target === undefined ? undefined : { target, by: 'service_host of its endpoint' };
}

/** The units by name. @throws UserError when two of one name are not the same. */
function uniqueUnits(
  places: readonly Place[],
  units: ReadonlyMap<Place, ReadUnit>,
): ReadonlyMap<string, UnitPlan> {
  const found = new Map<string, UnitPlan>();
  for (const place of places) {
    const { plan } = units.get(place) as ReadUnit;
    const other = found.get(place.unit);
    if (other !== undefined && !isDeepStrictEqual(other, plan)) {
      place.part.refuse(
        `(the unit ${place.unit}) is not the same as the other unit of this name; give one another name`,
      );
    }
    found.set(place.unit, plan);
  }
  return found;
}

function labelsOf(part: Part): Record<string, string> {
  const labels = part.member('labels');
  return Object.fromEntries(labels.names().map((name) => [name, labels.member(name).text() ?? '']));
}

function versionOf(part: Part, name: string): string {
  const of = (member: string) => part.member(member).member('version').text();
  return of('annotations') ?? of('labels') ?? name;
}

function noteContainers(
  containers: ReadonlyMap<string, Container>,
  places: readonly Place[],
  { ignored }: OpenNotes,
): void {
  const units = new Set(places.map(({ unit }) => unit));
  for (const name of containers.keys()) {
    if (!units.has(name)) {
      ignored.add(`the container ${name.slice(0, 80)}, which no unit has the name of`);
    }
  }
}

function warnOfNodes(places: readonly Place[], root: NodePlan, { warnings }: OpenNotes): void {
  const waiting: NodePlan[] = [root];
  for (const { part, unit } of places) {
    // Places have the order in which nodes are taken here.
    const { input, routes, aggregates, transformsOutput, children } = waiting.pop() as NodePlan;
    waiting.push(...[...children].reverse());
    if (children.length > 1 && !routes && !aggregates) {
      warnings.add(
        `${part.place} (the unit ${unit}) has ${children.length} children and neither routes nor ` +
          'aggregates: all are called, and the answer of the first is taken',
      );
    }
    if (input === undefined && !routes && !aggregates && !transformsOutput) {
      warnings.add(`${part.place} (the unit ${unit}) makes no call: a message passes it as it is`);
    }
  }
}
