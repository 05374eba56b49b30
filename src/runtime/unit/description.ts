import type { Config } from '../config.ts';
import { parseImage } from '../container-image.ts';
import { SeldonError, toSeldonError } from '../errors.ts';
import { mayHaveLongInteger } from '../json/long-integer.ts';
import type { Log } from '../log.ts';
import type { ModelCall } from '../model/model-call.ts';
import { isPlainObject } from '../objects.ts';
import { show } from '../show.ts';
import { describeModel } from './call.ts';
import type { Ready, Unit } from './unit.ts';

/** The parts of an instance that a description is made with. */
interface Host {
  readonly config: Config;
  readonly log: Log;
}

/** A unit as its callers know it. */
export interface Description {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Descriptions of models, which live as long as these. */
const known = new WeakMap<Ready, Promise<Description>>();

/**
 * Describes a unit without a check of its metadata, which needs zod: 28 kB. Each model is asked once, unless
 * it fails.
 *
 * @throws SeldonError MICROSERVICE_BAD_METADATA when `initMetadata()` fails.
 */
export function describeUnit(unit: Unit, ready: Ready, host: Host): Promise<Description> {
  let description = known.get(ready);
  if (description === undefined) {
    description = mergeMetadata(unit, ready, host).then((metadata) => ({
      metadata,
      names: namesOf(unit, ready, metadata.name),
    }));
    known.set(ready, description);
    description.catch(() => known.delete(ready));
  }
  return description;
}

/**
 * The names under which callers may know a unit, the one to show first.
 *
 * @param ready - undefined while its model is not there. @param own - the name in its metadata.
 */
export function namesOf({ settings }: Unit, ready?: Ready, own?: unknown): string[] {
  const names = [own, settings.modelName, ready?.name, settings.id];
  return [...new Set(names.filter((each) => typeof each === 'string' && each !== ''))] as string[];
}

/**
 * Merges the metadata of a unit: key by key, MODEL_METADATA overrides `initMetadata()`, which overrides the
 * defaults from PREDICTIVE_UNIT_IMAGE.
 *
 * @throws SeldonError MICROSERVICE_BAD_METADATA "Model metadata unavailable: ..." with the reason.
 */
export async function mergeMetadata(
  { settings }: Unit,
  ready: Ready,
  { config, log }: Host,
  call?: ModelCall,
): Promise<Record<string, unknown>> {
  const { name, version } = parseImage(settings.image ?? '');
  const own = await Promise.resolve()
    .then(() => describeModel(ready, 'initMetadata', call))
    .catch(unavailable(config.HIDE_INTERNAL_ERRORS));
  return {
    ...{ name, versions: [version], platform: '', inputs: [], outputs: [], custom: {} },
    ...ownMetadata(own, log),
    ...(await readEnvironment(settings.metadata, log)),
  };
}

function ownMetadata(returned: unknown, log: Log): Record<string, unknown> {
  if (returned === null || returned === undefined) {
    return {};
  }
  if (isPlainObject(returned)) {
    return returned;
  }
  log.warn('initMetadata() is left out: expected an object', { returned: typeof returned });
  return {};
}

/**
 * Reads MODEL_METADATA: JSON or YAML 1.1. As in the reference, a text that is not YAML is left out; here it
 * is also logged.
 */
async function readEnvironment(text: string, log: Log): Promise<Record<string, unknown>> {
  if (text.trim() === '') {
    return {};
  }
  const value = await parse(text, log);
  if (value === undefined) {
    return {};
  }
  if (!isPlainObject(value)) {
    throw badMetadata(`MODEL_METADATA: expected a mapping such as {name: my-model}, got ${show(value)}`);
  }
  return value;
}

async function parse(text: string, log: Log): Promise<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return mayHaveLongInteger(text) ? (await import('../json/exact-numbers.ts')).parseExactly(text) : value;
  } catch {
    const { parseYaml } = await import('./yaml.chunk.ts');
    try {
      return parseYaml(text, toNumber, { version: '1.1', logLevel: 'error', intAsBigInt: true });
    } catch (error) {
      log.warn('MODEL_METADATA is left out: it is neither JSON nor YAML', {}, error);
      return undefined;
    }
  }
}

/** Makes numbers of bigints, but of those beyond 2^53. */
function toNumber(_key: unknown, value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function unavailable(isHidden: boolean): (cause: unknown) => never {
  return (cause) => {
    if (cause instanceof SeldonError) {
      throw cause;
    }
    const why = isHidden ? 'the log has more' : toSeldonError(cause).message;
    throw badMetadata(`initMetadata() failed: ${why}`, cause);
  };
}

/** Makes the error about metadata that cannot be used. */
export function badMetadata(why: string, cause?: unknown): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_METADATA', `Model metadata unavailable: ${why}`, { cause });
}
