import type { Model, ModelClass } from '../model/model.ts';

/** The members of a class and of its instances that are called or read. */
const KNOWN =
  /^(constructor|length|name|prototype|stateful|schemaVersion|accepts|parameters|load|(predict|transform(In|Out)put|route|aggregate|sendFeedback|healthStatus)(Raw|Rest)?|classNames|tags|metrics|initMetadata|[gs]etState|modelErrorHandler)$/;

/**
 * Whether a class has members with other names, which may be slips: static ones, or functions of the model.
 */
export function hasOddMembers(Class: ModelClass, model: Model): boolean {
  return memberNames(Class, model).some((name) => !KNOWN.test(name));
}

/** The names of a class's static members, and of its model's functions, inherited ones included. */
export function memberNames(Class: ModelClass, model: Model): string[] {
  const names = Object.getOwnPropertyNames(Class);
  for (let level: object = model; level !== Object.prototype && level; level = Object.getPrototypeOf(level)) {
    const members = Object.getOwnPropertyDescriptors(level);
    names.push(...Object.keys(members).filter((name) => typeof members[name]?.value === 'function'));
  }
  return names;
}

/** Whether parameters are given that a class with `static parameters` does not take. */
export function hasOddParameters(
  { parameters: declared }: ModelClass,
  given: Readonly<Record<string, unknown>>,
): boolean {
  return (
    typeof declared === 'object' &&
    declared !== null &&
    Object.keys(given).some(
      (name) =>
        !Object.hasOwn(declared, name) ||
        (declared[name] != null && typeof declared[name] !== typeof given[name]),
    )
  );
}

/** Whether `accepts` is not a list of fields. */
export function isOddAccepts(accepts: unknown): boolean {
  return accepts !== undefined && !/^(,?(data|(str|bin|json)Data))+$/.test(String(accepts));
}
