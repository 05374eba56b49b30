import type { GraphPlan, GraphProtocol, PredictorPlan } from '../runtime/graph/plan.ts';
import type { Bound, Targets } from './bind.ts';
import { type Notes, noNotes, type OpenNotes } from './notes.ts';
import { brief, Part } from './part.ts';
import { type CompiledPredictor, compilePredictor } from './predictor.ts';
import { readTraffic } from './traffic.ts';

/** The predictors of a deployment, wherever they stand in a document. */
export interface DeploymentSource {
  /** `metadata.name`. */
  readonly name: string;
  /** Annotations that count for all predictors. */
  readonly annotations: Part;
  readonly predictors: readonly Part[];
  /** That of the deployment; undefined: as the predictors say. */
  readonly protocol: GraphProtocol | undefined;
}

/** Where the units of a plan run, and what there is to tell. */
export interface Compiled {
  readonly plan: GraphPlan;
  readonly notes: Notes;
  /** By predictor, then by unit. */
  readonly bound: ReadonlyMap<string, ReadonlyMap<string, Bound>>;
}

/** What stands in for the document where it says nothing. */
export interface CompileSettings extends Targets {
  /** Whether routing is injected, whatever the graph says; undefined: as it says. */
  readonly isRoutingInjected: boolean | undefined;
  /** The deployment's name where a document has a predictor alone. */
  readonly deployment: string | undefined;
}

/** Members of a predictor that mean something here. */
const KNOWN = [
  'name',
  'graph',
  'componentSpecs',
  'annotations',
  'labels',
  'svcOrchSpec',
  'traffic',
  'shadow',
  'explainer',
  'protocol',
  'transport',
];
const OF_KUBERNETES = ['replicas', 'engineResources', 'progressDeadlineSeconds', 'ssl'];

/**
 * Compiles the predictors of a deployment to its plan.
 *
 * @throws UserError for a graph that cannot work.
 */
export async function compileDeployment(
  { name, annotations, predictors, protocol: ofAll }: DeploymentSource,
  settings: CompileSettings,
  notes: OpenNotes = noNotes(),
): Promise<Compiled> {
  refuseTwins(predictors);
  const protocol = commonProtocol(predictors, ofAll);
  const counter = { nodes: 0 };
  const compiled: CompiledPredictor[] = [];
  for (const part of predictors) {
    notePredictor(part, notes);
    checkTransport(part);
    compiled.push(await compilePredictor({ part, annotations, targets: settings, notes, counter, protocol }));
  }
  checkNodes(
    compiled.map(({ plan, bound }) => ({ name: plan.name, units: [...bound.keys()] })),
    settings,
  );
  const traffic = readTraffic(predictors);
  const isSplit = traffic.filter(({ isShadow }) => !isShadow).length > 1;
  const plans = compiled.map(({ plan, isRoutingInjected }, index): PredictorPlan => {
    const { share, isShadow } = traffic[index] as (typeof traffic)[number];
    const isNeeded = isSplit || routesSomewhere(plan.root);
    const injects = settings.isRoutingInjected ?? isRoutingInjected ?? isNeeded;
    return { ...plan, traffic: share, isShadow, isRoutingInjected: injects };
  });
  return {
    plan: { deployment: name, ...(protocol !== 'seldon' && { protocol }), predictors: plans },
    notes,
    bound: new Map(compiled.map(({ plan, bound }) => [plan.name, bound])),
  };
}

/** The names in `protocols/` of the words that a document has for them. */
const PROTOCOLS = {
  seldon: 'seldon',
  tensorflow: 'tensorflow',
  kfserving: 'open-inference',
  v2: 'open-inference',
} as const satisfies Record<string, GraphProtocol>;

/** Reads `protocol`. `part`: a deployment's `spec`, or a predictor. */
export function readProtocol(part: Part): GraphProtocol | undefined {
  const word = part.member('protocol').word(Object.keys(PROTOCOLS)) as keyof typeof PROTOCOLS | undefined;
  return word && PROTOCOLS[word];
}

/** Refuses ways of calling that are not there. `part`: a deployment's `spec`, or a predictor. */
export function checkTransport(part: Part): void {
  if (part.member('transport').word(['rest', 'grpc']) === 'grpc') {
    part.member('transport').refuse('is grpc; expected rest: a function is called over HTTP');
  }
}

/** The word of a document for a protocol. */
function wordOf(protocol: GraphProtocol): string {
  return protocol === 'open-inference' ? 'v2' : protocol;
}

/** The protocol of all predictors: one function answers for them. */
function commonProtocol(predictors: readonly Part[], ofAll: GraphProtocol | undefined): GraphProtocol {
  const common = ofAll ?? (predictors[0] && readProtocol(predictors[0])) ?? 'seldon';
  for (const part of predictors) {
    const own = readProtocol(part) ?? ofAll ?? 'seldon';
    if (own !== common) {
      const whose = ofAll === undefined ? 'first predictor' : 'deployment';
      part.member('protocol').refuse(`is ${wordOf(own)}; expected that of the ${whose}, ${wordOf(common)}`);
    }
  }
  return common;
}

/** At most as many predictors as there may be shares of a hundred. */
const MAX_PREDICTORS = 100;

function refuseTwins(predictors: readonly Part[]): void {
  if (predictors.length > MAX_PREDICTORS) {
    predictors[0]?.refuse(`is one of ${predictors.length} predictors; expected at most ${MAX_PREDICTORS}`);
  }
  const names = new Set<string>();
  const services = new Set<string>();
  for (const part of predictors) {
    const name = part.member('name').name();
    const service = part.member('annotations').member('seldon.io/svc-name');
    const text = service.text();
    if (names.has(name)) {
      part.member('name').refuse(`is ${brief(name)}, like that of another predictor`);
    }
    if (text !== undefined && services.has(text)) {
      service.refuse(`is ${brief(text)}, like that of another predictor`);
    }
    names.add(name);
    services.add(text ?? name);
  }
}

function notePredictor(part: Part, { ignored, warnings }: OpenNotes): void {
  for (const name of part.names()) {
    if (OF_KUBERNETES.includes(name)) {
      ignored.add(name);
    } else if (!KNOWN.includes(name)) {
      warnings.add(`${part.place} has ${brief(name)}, which no predictor has: it is ignored`);
    }
  }
  // An operator writes an empty one into every predictor.
  if (part.member('explainer').member('type').isThere) {
    warnings.add(`${part.place}.explainer is not served: an explainer is a deployment of its own`);
  }
}

/** Refuses bindings of units that are not there. */
export function checkNodes(
  predictors: readonly { readonly name: string; readonly units: readonly string[] }[],
  { nodes }: Targets,
): void {
  const units = new Set(predictors.flatMap((each) => each.units));
  const known = new Set([
    ...units,
    ...predictors.flatMap((each) => each.units.map((unit) => `${each.name}/${unit}`)),
  ]);
  for (const [name, { from }] of nodes) {
    if (!known.has(name)) {
      const all = [...units].slice(0, 20).join(', ');
      new Part(name, from).refuse(`has ${brief(name)}, which is no unit; the units are ${all}`);
    }
  }
}

function routesSomewhere(root: PredictorPlan['root']): boolean {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.routes) {
      return true;
    }
    waiting.push(...node.children);
  }
  return false;
}
