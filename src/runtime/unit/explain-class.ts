import { SeldonError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Model, ModelClass } from '../model/model.ts';
import { nearest } from '../nearest.ts';
import { show, withArticle } from '../show.ts';
import { memberNames } from './odd-class.ts';

const METHODS = [
  'predict',
  'transformInput',
  'transformOutput',
  'route',
  'aggregate',
  'sendFeedback',
  'healthStatus',
];
const MEMBERS = [
  ...METHODS,
  ...METHODS.map((name) => `${name}Raw`),
  ...['load', 'classNames', 'tags', 'metrics', 'initMetadata', 'getState', 'setState', 'modelErrorHandler'],
];
const STATICS = ['accepts', 'parameters', 'stateful', 'schemaVersion', 'merge'];
const FIELDS = 'data, strData, binData, jsonData';

/**
 * Warns of members whose names look like slips of those that are called, such as `Predict` and
 * `send_feedback`, and of a `static merge` that has no state to merge.
 */
export function warnOfNearMisses(
  className: string,
  { Class, model }: { readonly Class: ModelClass; readonly model: Model },
  log: Log,
): void {
  const names = new Set(memberNames(Class, model));
  if (Class.merge !== undefined && !(model.getState && model.setState)) {
    log.warn(`static merge of ${className} has no effect without getState() and setState()`, { className });
  }
  for (const name of names) {
    const known = Object.getOwnPropertyNames(Class).includes(name) ? STATICS : MEMBERS;
    const meant = known.includes(name) ? undefined : nearest(name, known);
    // A helper may have a name that is near to that of a method beside it.
    if (meant !== undefined && !names.has(meant)) {
      const member = known === STATICS ? `static ${meant}` : meant;
      log.warn(`${className}.${name} is unknown here; is ${member} meant?`, {
        className,
        name,
        meant: member,
      });
    }
  }
}

/**
 * Refuses parameters that a class does not take.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter, and the nearest one that the class
 * takes.
 */
export function refuseParameters(
  className: string,
  declared: ModelClass['parameters'],
  given: Readonly<Record<string, unknown>>,
): never {
  if (declared === undefined || Array.isArray(declared)) {
    throw badParameter(
      `${className}.parameters is ${show(declared)}; expected an object of default values by name, as {"threshold": 0.5}`,
    );
  }
  const names = Object.keys(declared);
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) {
      const meant = nearest(name, names);
      const hint = meant === undefined ? '' : `; is ${meant} meant?`;
      const expected = names.length === 0 ? 'no parameters' : `only ${names.join(', ')}`;
      throw badParameter(`parameter ${name} is unknown to ${className}; expected ${expected}${hint}`);
    }
    const usual = declared[name];
    if (usual != null && typeof usual !== typeof value) {
      throw badParameter(
        `parameter ${name} is ${show(value)}, ${withArticle(typeof value)}; expected ${withArticle(typeof usual)}, as its default ${show(usual)}`,
      );
    }
  }
  throw badParameter(`the parameters do not suit ${className}; expected ${names.join(', ')}`);
}

/** @throws SeldonError MICROSERVICE_BAD_PARAMETER for a list of fields that has anything else. */
export function refuseAccepts(className: string, accepts: unknown): never {
  throw badParameter(`${className}.accepts is ${show(accepts)}; expected a list of some of ${FIELDS}`);
}

function badParameter(info: string): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', info);
}
