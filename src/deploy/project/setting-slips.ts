import { UserError } from '../../bundle/user-error.ts';
import { nearest } from '../../runtime/nearest.ts';
import { isPlainObject } from '../../runtime/objects.ts';
import { FUNCTIONS } from '../../runtime/routes.ts';
import { readParameter } from '../stack/parameters.ts';
import { KNOWN } from './known-settings.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Sentences about names in a serverless.yml that serverless refuses. Another plugin may know names that are
 * not known here: only those near to a known one are slips.
 */
export function refusedSlips(settings: Members): string[] {
  const { provider, functions } = settings;
  return [
    ...slipsIn('', settings),
    ...partsOf(provider).flatMap((each) => slipsIn('provider', each)),
    ...partsOf(functions)
      .flatMap(Object.entries)
      .flatMap(([name, each]) => functionSlips(name, each)),
  ];
}

/** Sentences about names that nothing refuses, and nothing reads: what they say is lost without a word. */
export function lostSlips({ params, custom, resources }: Members): string[] {
  return [
    ...nearNames(params, ['default']).map(
      ([name, meant]) => `params.${name} is for a stage of the name ${name} only; is params.${meant} meant?`,
    ),
    ...partsOf(custom).flatMap((each) => [
      ...slipsIn('custom', each),
      ...slipsIn('custom.serverless-offline', each['serverless-offline']),
    ]),
    ...partsOf(resources).flatMap((each) => slipsIn('resources', each)),
  ];
}

/** Writes a warning of each slip, before anything speaks of what follows of it. */
export function warnOfSlips(settings: object): void {
  for (const slip of [...refusedSlips({ ...settings }), ...lostSlips({ ...settings })]) {
    console.warn(`warning: ${slip}`);
  }
}

/** Sentences about the parameters of all stages that their deployment refuses. */
export function parameterMistakes({ params }: Members): string[] {
  const values = partsOf(params).flatMap((stages) =>
    Object.values(stages).flatMap((each) => partsOf(each).flatMap(Object.entries<unknown>)),
  );
  // One with `${...}` is for serverless to resolve.
  const known = values.filter(([name, value]) => !`${name}${value}`.includes('${'));
  return known.flatMap(([name, value]) => {
    try {
      readParameter(name, value);
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      return [error.message];
    }
  });
}

/** A function without a handler can only be one of this package, whose settings are changed. */
function functionSlips(name: string, definition: unknown): string[] {
  const { handler, image } = isPlainObject(definition) ? definition : {};
  const [slip] = handler || image ? [] : nearNames({ [name]: null }, Object.keys(FUNCTIONS));
  return [
    ...(slip === undefined ? [] : [`functions.${name} has no handler; is functions.${slip[1]} meant?`]),
    ...slipsIn('functions', definition, `functions.${name}`),
  ];
}

function slipsIn(place: keyof typeof KNOWN, members: unknown, where: string = place): string[] {
  const prefix = where === '' ? '' : `${where}.`;
  return nearNames(members, KNOWN[place]).map(
    ([name, meant]) => `${prefix}${name} is unknown; is ${meant} meant?`,
  );
}

/** The unknown names that are near to a known one, each with that one. */
function nearNames(members: unknown, known: readonly string[]): [string, string][] {
  const names = isPlainObject(members) ? Object.keys(members) : [];
  return names
    .filter((name) => !known.includes(name))
    .flatMap((name): [string, string][] => {
      const meant = nearest(name, known);
      return meant === undefined ? [] : [[name, meant]];
    });
}

/** A part as one object or several; none for one that serverless makes of a variable (`${...}`). */
function partsOf(part: unknown): Members[] {
  return (Array.isArray(part) ? part : [part]).filter(isPlainObject);
}
