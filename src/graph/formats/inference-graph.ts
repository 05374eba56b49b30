import { isRecord } from '../../runtime/objects.ts';
import { annotationOf, bind, NODE_ANNOTATION } from '../bind.ts';
import { type Compiled, type CompileSettings, checkNodes } from '../deployment.ts';
import { checkMessages } from '../inference-graph/messages.ts';
import { type Node, readNodes } from '../inference-graph/nodes.ts';
import type { Step } from '../inference-graph/step.ts';
import { BY_URL, toTree } from '../inference-graph/tree.ts';
import { noNotes, type OpenNotes } from '../notes.ts';
import { brief, Part } from '../part.ts';
import { shownTarget, toCalledUrl } from '../targets.ts';
import type { GraphFormat } from './format.ts';

const VERSION = 'serving.kserve.io/v1alpha1';

/** The name of the only predictor, which KServe has no word for. */
const PREDICTOR = 'default';

/** An InferenceGraph of KServe. Its clients speak KServe's protocols: V1, or the Open Inference Protocol. */
export const inferenceGraph: GraphFormat = {
  kind: 'InferenceGraph',
  matches: (document) =>
    isRecord(document) && Object.hasOwn(document, 'kind') && document.kind === 'InferenceGraph',
  async toPlan(document, settings) {
    const part = new Part(document, '');
    part.member('apiVersion').word([VERSION]) ??
      part.member('apiVersion').refuse(`is not there; expected ${VERSION}`);
    const metadata = part.member('metadata');
    const deployment = metadata.member('name').name();
    const spec = part.member('spec');
    const notes = noNotes();
    noteSpec(spec, notes);
    const annotations = metadata.member('annotations');
    const protocol = readProtocol(annotations.member(PROTOCOL));
    const nodes = readNodes(spec.member('nodes'), notes);
    const tree = toTree(nodes, {
      protocol,
      bind: (unit, step) => bindStep(unit, step, annotations, settings),
    });
    checkMessages(nodes, tree);
    const units = [...tree.units.keys()];
    checkNodes([{ name: PREDICTOR, units }], settings);
    checkAnnotations(annotations, units);
    noteUnreached(nodes, tree.reached, notes);
    const restTimeoutMs = readTimeout(spec.member('routerTimeouts').member('serviceClient'));
    const predictor = {
      name: PREDICTOR,
      labels: { version: PREDICTOR },
      traffic: 100,
      isShadow: false,
      // Neither protocol has a place for it.
      isRoutingInjected: false,
      ...(restTimeoutMs !== undefined && { restTimeoutMs }),
      root: tree.root,
      units: Object.fromEntries(tree.units),
    };
    return {
      plan: { deployment, protocol, predictors: [predictor] },
      notes,
      bound: new Map([[PREDICTOR, tree.bound]]),
    } satisfies Compiled;
  },
};

/** The annotation that says which protocol clients and services speak. */
const PROTOCOL = 'seldon-lambda.io/protocol';

/** An InferenceGraph does not say it, and an InferenceService without a word speaks V1. */
function readProtocol(part: Part): 'tensorflow' | 'open-inference' {
  return part.word(['v1', 'v2']) === 'v2' ? 'open-inference' : 'tensorflow';
}

function bindStep(unit: string, { part, target }: Step, annotations: Part, settings: CompileSettings) {
  return bind(
    {
      unit,
      predictor: PREDICTOR,
      part,
      annotation: annotations.member(annotationOf(unit)).text(),
      modelName: undefined,
      implementation: undefined,
      url: target.kind === 'url' ? readUrl(target) : undefined,
    },
    settings,
  );
}

function readUrl({ name, part }: Step['target']) {
  const target =
    toCalledUrl(name) ??
    part.refuse(`is ${shownTarget(name)}; expected an http(s):// URL, without a user and a password`);
  return { target, by: BY_URL, isWhole: true };
}

/** Refuses annotations of ours that mean nothing. */
function checkAnnotations(annotations: Part, units: readonly string[]): void {
  const ours = new Set([PROTOCOL, ...units.map(annotationOf)]);
  for (const name of annotations.names()) {
    if (name.startsWith('seldon-lambda.io/') && !ours.has(name)) {
      annotations
        .member(name)
        .refuse(
          name.startsWith(NODE_ANNOTATION)
            ? `names a unit that is not there; the units are ${units.slice(0, 20).join(', ')}`
            : `is not known; expected ${PROTOCOL} or ${NODE_ANNOTATION}<unit>`,
        );
    }
  }
}

/** The longest time of a call of a step. @throws UserError for what is no number of seconds. */
function readTimeout(part: Part): number | undefined {
  const text = part.text();
  if (text === undefined) {
    return undefined;
  }
  return /^\d{1,6}$/.test(text)
    ? Number(text) * 1000 || undefined
    : part.refuse(`is ${brief(text)}; expected a whole number of seconds`);
}

/** Members of `spec` that only Kubernetes needs. */
const OF_KUBERNETES = [
  'resources',
  'affinity',
  'timeout',
  'minReplicas',
  'maxReplicas',
  'scaleTarget',
  'scaleMetric',
  'nodeName',
  'nodeSelector',
  'serviceAccountName',
  'tolerations',
];

function noteSpec(spec: Part, { ignored, warnings }: OpenNotes): void {
  for (const name of spec.names()) {
    if (OF_KUBERNETES.includes(name)) {
      ignored.add(name);
    } else if (name !== 'nodes' && name !== 'routerTimeouts') {
      warnings.add(`spec has ${brief(name)}, which no InferenceGraph has: it is ignored`);
    }
  }
  for (const name of spec.member('routerTimeouts').names()) {
    if (name !== 'serviceClient') {
      ignored.add(`${name} of routerTimeouts`);
    }
  }
}

function noteUnreached(
  nodes: ReadonlyMap<string, Node>,
  reached: ReadonlySet<string>,
  { warnings }: OpenNotes,
): void {
  for (const { name, part } of nodes.values()) {
    if (!reached.has(name)) {
      warnings.add(`${part.place} is the node ${name}, to which no step leads: it is left out`);
    }
  }
}
