import { annotationOf, NODE_ANNOTATION } from './bind.ts';
import type { OpenNotes } from './notes.ts';
import { brief, type Part } from './part.ts';

/** Annotations by name, each with its place. */
export type Annotations = ReadonlyMap<string, Part>;

/** The annotations of a predictor over those of the deployment, and those that are its own. */
export function readAnnotations(ofDeployment: Part, ofPredictor: Part): Annotations {
  const found = new Map<string, Part>();
  for (const part of [ofDeployment, ofPredictor]) {
    for (const name of part.names()) {
      found.set(name, part.member(name));
    }
  }
  return found;
}

/** `seldon.io/engine-xxx-yyy` is the variable XXX_YYY of the orchestrator. */
const ENGINE = 'seldon.io/engine-';
const INJECTION = 'seldon.io/engine-seldon-enable-routing-injection';
const TIMEOUT = 'seldon.io/rest-timeout';

/** Annotations that mean something here, or have been seen to already. */
const KNOWN = [INJECTION, TIMEOUT, 'seldon.io/no-engine', 'seldon.io/svc-name'];

/**
 * Notes the annotations that a cluster would act upon, and nothing here does.
 *
 * @throws UserError for one that begins like ours and is none, or names a unit that is not there.
 */
export function checkAnnotations(
  annotations: Annotations,
  units: ReadonlySet<string>,
  { ignored }: OpenNotes,
): void {
  const ours = new Set([...units].flatMap((unit) => [annotationOf(unit), `${OPTIONAL}${unit}`]));
  for (const [name, part] of annotations) {
    if (name.startsWith('seldon-lambda.io/') && !ours.has(name)) {
      part.refuse(
        name.startsWith(NODE_ANNOTATION) || name.startsWith(OPTIONAL)
          ? `names a unit that is not there; the units are ${[...units].slice(0, 20).join(', ')}`
          : `is not known; expected ${NODE_ANNOTATION}<unit> or ${OPTIONAL}<unit>`,
      );
    }
    if (name.startsWith('seldon.io/') && !KNOWN.includes(name)) {
      ignored.add(`the annotation ${name.slice(0, 80)}`);
    }
  }
}

/** The beginning of the annotations of units that may fail. */
const OPTIONAL = 'seldon-lambda.io/optional.';

/**
 * The units that a combiner does without when they fail. A parameter of the unit would reach its class.
 *
 * @param children - the units below combiners.
 * @throws UserError for a value that is neither true nor false, and for a unit below no combiner.
 */
export function readOptional(annotations: Annotations, children: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, part] of annotations) {
    if (!name.startsWith(OPTIONAL) || part.word(['true', 'false']) !== 'true') {
      continue;
    }
    const unit = name.slice(OPTIONAL.length);
    if (!children.has(unit)) {
      part.refuse(`is true, but ${unit} is no child of a unit that combines the answers of all its children`);
    }
    found.add(unit);
  }
  return found;
}

/** The longest time of one call, in milliseconds; undefined: no limit. @throws UserError for no number. */
export function readTimeout(annotations: Annotations): number | undefined {
  const part = annotations.get(TIMEOUT);
  const text = part?.text();
  if (text === undefined) {
    return undefined;
  }
  return /^\d{1,9}$/.test(text)
    ? Number(text) || undefined
    : part?.refuse(`is ${brief(text)}; expected a whole number of milliseconds`);
}

/** A variable of the orchestrator: of `svcOrchSpec.env`, or else of an annotation. */
export function orchestratorVariable(
  name: string,
  env: ReadonlyMap<string, string>,
  annotations: Annotations,
): string | undefined {
  const annotation = `${ENGINE}${name.toLowerCase().replaceAll('_', '-')}`;
  return env.get(name) ?? annotations.get(annotation)?.text();
}
