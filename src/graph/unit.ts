import { BUCKET_NAME, BUCKET_URL } from '../runtime/bucket-name.ts';
import type { LoggerPlan, UnitPlan } from '../runtime/graph/plan.ts';
import { UNIT_TYPES } from '../runtime/graph/plan.ts';
import { withoutCredentials } from '../runtime/redact.ts';
import { isPrepackaged, type Kind, METHODS, typeOf } from './calls.ts';
import type { Container } from './containers.ts';
import { IMPLEMENTATIONS, implementationOf, NO_IMPLEMENTATION } from './implementations.ts';
import type { OpenNotes } from './notes.ts';
import { brief, type Part } from './part.ts';
import { modelOf } from './targets.ts';

/** The members of a unit that mean something here. */
const KNOWN = [
  'name',
  'type',
  'implementation',
  'methods',
  'children',
  'endpoint',
  'parameters',
  'modelUri',
  'logger',
];
const OF_KUBERNETES = ['serviceAccountName', 'envSecretRefName', 'storageInitializerImage'];

/** Notes the members of a unit that mean nothing here. */
export function noteMembers(unit: Part, { ignored, warnings }: OpenNotes): void {
  for (const name of unit.names()) {
    if (OF_KUBERNETES.includes(name)) {
      ignored.add(name);
    } else if (!KNOWN.includes(name)) {
      const known = [...KNOWN, ...OF_KUBERNETES].join(', ');
      warnings.add(`${unit.place} has ${brief(name)}, which no unit has: it is ignored; expected ${known}`);
    }
  }
}

/**
 * What kind of unit it is.
 *
 * @throws UserError for a word that is not known, and for a kind that cannot work: an UNKNOWN_TYPE without
 *   methods, a server without modelUri, methods of an implementation that is no class.
 */
export function readKind(unit: Part): Kind {
  const methods = unit.member('methods');
  const implementation = unit.member('implementation').text();
  const kind: Kind = {
    type: unit.member('type').word(UNIT_TYPES),
    methods: methods.isThere
      ? methods.items().flatMap((each) => each.word(METHODS) ?? each.refuse(`is empty; expected ${METHODS}`))
      : undefined,
    implementation,
  };
  if (kind.type === 'UNKNOWN_TYPE' && kind.methods === undefined && typeOf(kind) === 'UNKNOWN_TYPE') {
    unit.member('type').refuse('is UNKNOWN_TYPE without methods; expected a type, or a list of methods');
  }
  const needsUri = isPrepackaged(kind) && implementation !== 'HUGGINGFACE_SERVER';
  if (needsUri && unit.member('modelUri').text() === undefined) {
    unit
      .member('implementation')
      .refuse(
        `is ${brief(implementation)}, which is none of ${Object.keys(IMPLEMENTATIONS).join(', ')} and ` +
          `${NO_IMPLEMENTATION}, and so a server, which needs modelUri`,
      );
  }
  return kind;
}

/** A unit for the plan. */
export function toUnitPlan(
  unit: Part,
  target: string,
  container: Container | undefined,
  defaultUrl: string | undefined,
): UnitPlan {
  const { image, env } = container ?? { image: undefined, env: new Map<string, string>() };
  const isLocal = modelOf(target) !== undefined;
  const modelUri = unit.member('modelUri').text() ?? env.get('MODEL_URI');
  if (isLocal && modelUri !== undefined) {
    checkUri(unit, modelUri);
  }
  const logger = readLogger(unit.member('logger'), defaultUrl);
  return {
    target,
    ...(image !== undefined && { image }),
    ...(isLocal && modelUri !== undefined && { modelUri }),
    parameters: JSON.stringify(unit.member('parameters').items().map(toParameter)),
    metadata: env.get('MODEL_METADATA') ?? '',
    ...(logger !== undefined && { logger }),
  };
}

/** The variables of a container that are settings of its unit, or of the image that is not used here. */
const VARIABLES = /^(MODEL_NAME|MODEL_URI|MODEL_METADATA|API_TYPE|SERVICE_TYPE|PERSISTENCE)$/;

/** Warns of variables that a class may want to read: the units of a function share its environment. */
export function noteVariables(unit: string, { env }: Container, { warnings }: OpenNotes): void {
  const names = [...env.keys()].filter((name) => !VARIABLES.test(name));
  if (names.length > 0) {
    warnings.add(
      `the variables ${names.slice(0, 20).join(', ')} of the container ${unit} are not set: the units of a ` +
        'function share its environment, provider.environment in serverless.yml',
    );
  }
}

/** The URL of an endpoint on another machine; undefined for none. @throws UserError for gRPC. */
export function readEndpoint(endpoint: Part): string | undefined {
  if (endpoint.member('type').word(['REST', 'GRPC']) === 'GRPC') {
    endpoint.member('type').refuse('is GRPC; expected REST: a graph calls its units over HTTP');
  }
  const host = endpoint.member('service_host').text();
  if (host === undefined || /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1|\[::1?\])$/i.test(host)) {
    return undefined;
  }
  const port = [endpoint.member('httpPort'), endpoint.member('service_port')].find(({ isThere }) => isThere);
  const number = port?.text();
  if (number !== undefined && !/^\d{1,5}$/.test(number)) {
    port?.refuse(`is ${brief(number)}; expected the number of a port`);
  }
  return `http://${host}:${number === undefined || number === '0' ? 9000 : number}`;
}

const PARAMETER_TYPES = ['INT', 'FLOAT', 'DOUBLE', 'STRING', 'BOOL'] as const;

/** A parameter with texts alone, which give the same number wherever they are read. */
function toParameter(parameter: Part): Record<'name' | 'value' | 'type', string> {
  const name = parameter.member('name').text();
  const type = parameter.member('type').word(PARAMETER_TYPES);
  const value = parameter.member('value');
  if (name === undefined || type === undefined || !value.isThere) {
    return parameter.refuse(
      `is ${brief(parameter.value)}; expected name, value and type (${PARAMETER_TYPES.join(', ')})`,
    );
  }
  return { name, value: value.text() ?? '', type };
}

/** As MODEL_URI, of which no more is served. */
function checkUri(unit: Part, uri: string): void {
  const parsed = URL.canParse(uri) ? new URL(uri) : undefined;
  const isNamed = parsed?.protocol === 's3:' && parsed.hostname !== '';
  if (isNamed ? !BUCKET_NAME.test(parsed.hostname) : parsed?.protocol !== 'file:') {
    const expected = isNamed ? BUCKET_URL : 's3://bucket/prefix, or file:///folder: copy the files there';
    unit.member('modelUri').refuse(`is ${brief(withoutCredentials(uri))}; expected ${expected}`);
  }
}

const MODES = ['request', 'response', 'all'] as const;

function readLogger(logger: Part, defaultUrl: string | undefined): LoggerPlan | undefined {
  if (!logger.isThere) {
    return undefined;
  }
  const mode = logger.member('mode').word(MODES);
  if (mode === undefined) {
    return logger.member('mode').refuse(`is not there; expected one of ${MODES.join(', ')}`);
  }
  const url = logger.member('url').text() ?? defaultUrl;
  if (url !== undefined && !URL.canParse(url)) {
    logger.member('url').refuse(`is ${brief(withoutCredentials(url))}; expected a URL`);
  }
  return { mode, ...(url !== undefined && { url }) };
}

/**
 * Finds what keeps an implementation of this package from working.
 *
 * @param parameters - as they are read where it runs.
 */
export function checkImplementation(
  unit: Part,
  { implementation, methods = [] }: Kind,
  children: number,
  parameters: Readonly<Record<string, unknown>>,
): void {
  const found = implementationOf(implementation);
  const problem = found?.check?.(parameters, children);
  if (problem !== undefined) {
    unit.refuse(`(the unit ${unit.member('name').text()}, ${implementation}) ${problem}`);
  }
  if (methods.length > 0) {
    unit.member('methods').refuse(`is there, but ${implementation} has no class that they could be of`);
  }
}
