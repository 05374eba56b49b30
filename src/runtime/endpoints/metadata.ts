import { parseImage } from '../container-image.ts';
import { SeldonError, toSeldonError } from '../errors.ts';
import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { mayHaveLongInteger } from '../json/long-integer.ts';
import { stringify } from '../json/write-json.ts';
import type { Log } from '../log.ts';
import { Metadata } from '../model/metadata.ts';
import { describeIssues } from '../model/schema-issues.ts';
import { isPlainObject } from '../objects.ts';
import { toResponse } from '../protocols/reply.ts';
import { show } from '../show.ts';
import { describeModel, readyModel } from '../unit/call.ts';
import { CallFacts } from '../unit/call-facts.ts';

/** Answers the model's metadata, read by {@link readMetadata}, in the form of the protocol. */
export const metadata: Endpoint = {
  routes: 'metadata',
  usesModel: true,
  async respond(context) {
    const { request, protocol } = context;
    const found = await readMetadata(context);
    const { encodeMetadata = seldonMetadata } = await protocol.wire();
    return toResponse(encodeMetadata(found, request));
  },
};

function seldonMetadata(found: Metadata) {
  return { body: stringify(found) };
}

/**
 * Reads the model's metadata. Key by key, MODEL_METADATA overrides `initMetadata()`, which overrides the
 * defaults from PREDICTIVE_UNIT_IMAGE.
 *
 * @throws SeldonError MICROSERVICE_BAD_METADATA "Model metadata unavailable: ..." with the reason.
 */
export async function readMetadata({
  unit,
  instance,
  request,
  invocation,
}: Pick<CallContext, 'unit' | 'instance' | 'request' | 'invocation'>): Promise<Metadata> {
  const { config, log } = instance;
  const { settings } = unit;
  const ready = await readyModel(unit, invocation);
  const { name, version } = parseImage(settings.image ?? '');
  const call = new CallFacts(request, invocation);
  const own = await Promise.resolve()
    .then(() => describeModel(ready, 'initMetadata', call))
    .catch(unavailable(config.HIDE_INTERNAL_ERRORS))
    .finally(() => call.end());
  const merged = {
    ...{ name, versions: [version], platform: '', inputs: [], outputs: [], custom: {} },
    ...ownMetadata(own, log),
    ...(await readEnvironment(settings.metadata, log)),
  };
  readLabels(config.PREDICTOR_LABELS);
  return checkMetadata(merged);
}

/**
 * Checks that all of the metadata is there, and is what it should be.
 *
 * @throws SeldonError MICROSERVICE_BAD_METADATA naming the first place that is not.
 */
export function checkMetadata(given: object): Metadata {
  const result = Metadata.safeParse(given);
  if (!result.success) {
    throw badMetadata(describeIssues(result.error, '', given));
  }
  return result.data;
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

/** Only checks that PREDICTOR_LABELS is a JSON object; its content is used by the metrics. */
function readLabels(text: string): void {
  if (text.trim() === '') {
    return;
  }
  try {
    if (isPlainObject(JSON.parse(text))) {
      return;
    }
  } catch {
    // The error is the same as for JSON that is not an object.
  }
  throw badMetadata(`PREDICTOR_LABELS: expected a JSON object, got ${show(text)}`);
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

function badMetadata(why: string, cause?: unknown): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_METADATA', `Model metadata unavailable: ${why}`, { cause });
}
