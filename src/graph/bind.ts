import { IMPLEMENTATIONS } from './implementations.ts';
import type { Part } from './part.ts';
import { modelOf, shownTarget, TARGETS, toTarget } from './targets.ts';

/** Where units can run, beside what the graph itself says. */
export interface Targets {
  /**
   * Targets by unit, or by `predictor/unit`: SELDON_GRAPH_NODES, and a file beside the graph. `from`: where
   * each stands, for messages.
   */
  readonly nodes: ReadonlyMap<string, { readonly target: string; readonly from: string }>;
  /** The names of the models that are there. */
  readonly models: readonly string[];
  /** Whether there is a file for a model's name, such as `Iris` or `file.Class`. */
  hasModel(name: string): boolean;
  /** The folder of the models, for messages. */
  readonly modelFolder: string;
}

/** What a unit says of where it runs. */
export interface Wanted {
  readonly unit: string;
  readonly predictor: string;
  /** The unit in the document. */
  readonly part: Part;
  /** `seldon-lambda.io/node.<unit>` of the predictor. */
  readonly annotation: string | undefined;
  /** MODEL_NAME of its container. */
  readonly modelName: string | undefined;
  readonly implementation: string | undefined;
  /** Its URL, if it says one, and what says so. `isWhole`: nothing is added to it when it is called. */
  readonly url: (Bound & { readonly isWhole?: boolean }) | undefined;
  /** Where else its format looks for something; default: nowhere. */
  readonly alsoSought?: string;
}

/** The place where a unit runs, and the reason. */
export interface Bound {
  /** As the plan has it. */
  readonly target: string;
  /** What says so, in a few words. */
  readonly by: string;
}

/**
 * Finds where a unit runs. The first of these that says something wins: SELDON_GRAPH_NODES and the file
 * beside the graph; the annotation; MODEL_NAME of the container; a hardcoded implementation; a host of its
 * endpoint; a model file of the unit's name.
 *
 * @throws UserError for a target that is none, a model that does not exist, and when nothing says anything.
 */
export function bind(wanted: Wanted, targets: Targets): Bound {
  const { unit, predictor, annotation, modelName, implementation, url } = wanted;
  const node = targets.nodes.get(`${predictor}/${unit}`) ?? targets.nodes.get(unit);
  if (node !== undefined) {
    return checked(node.target, node.from, wanted, targets);
  }
  if (annotation !== undefined) {
    return checked(annotation, `the annotation ${annotationOf(unit)}`, wanted, targets);
  }
  if (modelName !== undefined) {
    return checked(`model:${modelName}`, 'MODEL_NAME of its container', wanted, targets);
  }
  if (implementation !== undefined && Object.hasOwn(IMPLEMENTATIONS, implementation)) {
    return { target: `implementation:${implementation}`, by: 'its implementation' };
  }
  if (url !== undefined) {
    const { target, by, isWhole = false } = url;
    return isWhole ? { target, by } : checked(target, by, wanted, targets);
  }
  const named = namesOf(unit).find((name) => targets.hasModel(name));
  return named === undefined
    ? wanted.part.refuse(unbound(wanted, targets))
    : { target: `model:${named}`, by: 'the name of its file' };
}

/** The annotation of a predictor that says where a unit runs. */
export function annotationOf(unit: string): string {
  return `${NODE_ANNOTATION}${unit}`;
}

/** The beginning of these annotations. */
export const NODE_ANNOTATION = 'seldon-lambda.io/node.';

function checked(text: string, by: string, { unit, part }: Wanted, targets: Targets): Bound {
  const target = toTarget(text);
  if (target === undefined) {
    return part.refuse(`(the unit ${unit}) is bound to ${shownTarget(text)} by ${by}; expected ${TARGETS}`);
  }
  const model = modelOf(target);
  return model === undefined || targets.hasModel(model)
    ? { target, by }
    : part.refuse(
        `(the unit ${unit}) is bound to the model ${model} by ${by}, and ${targets.modelFolder} has none of ` +
          `this name; ${available(targets)}`,
      );
}

/** The names of model files that belong to a unit: `classifier-1` -> classifier-1, Classifier1. */
function namesOf(unit: string): readonly string[] {
  const words = unit.split(/[-_.]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  // A dot would mean a file and its export.
  return [...new Set([...(unit.includes('.') ? [] : [unit]), words.join('')])];
}

function unbound({ unit, implementation, alsoSought = '' }: Wanted, targets: Targets): string {
  const server =
    implementation === undefined
      ? ''
      : `${implementation} is a server of Kubernetes, in place of which a class has to serve it; `;
  const files = namesOf(unit).map((name) => `${targets.modelFolder}/${name}.ts`);
  return (
    `(the unit ${unit}) is bound to nothing: ${server}there is no entry ${unit} in SELDON_GRAPH_NODES or in ` +
    `the file of nodes beside the graph, no annotation ${annotationOf(unit)},${alsoSought} and no file ` +
    `${files.join(' or ')}; ${available(targets)}`
  );
}

function available({ models, modelFolder }: Targets): string {
  return models.length === 0
    ? `there is no model in ${modelFolder}`
    : `the models are ${models.slice(0, 20).join(', ')}`;
}
