import { parse as parseYaml } from 'yaml';
import { UserError } from '../../bundle/user-error.ts';
import { readBatchConfig } from '../../runtime/batch-config.ts';
import { readConfig } from '../../runtime/config.ts';
import { readMetricsConfig } from '../../runtime/metrics-config.ts';
import { Metadata } from '../../runtime/model/metadata.ts';
import { describeIssues } from '../../runtime/model/schema-issues.ts';
import { isPlainObject } from '../../runtime/objects.ts';
import { readParameters } from '../../runtime/unit/parameters.ts';
import type { Stack } from '../serverless-types.ts';
import { corsOf } from './cors.ts';
import { environmentsOf } from './environments.ts';
import { checkUrls } from './urls.ts';
import { variableSlips } from './variable-slips.ts';

/**
 * Lambda's limit for the variables of a function, as the bytes of their JSON.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_BYTES = 4096;

type Variables = Readonly<Record<string, string>>;

/**
 * Checks the variables that the functions will get, as the functions will read them: a mistake would
 * otherwise be the answer to every call, or AWS would refuse the deployment halfway.
 *
 * @throws UserError naming each variable that is wrong, and what was expected.
 */
export async function checkEnvironment(stack: Stack): Promise<void> {
  const mistakes: string[] = [];
  const slips: string[] = [];
  for (const environment of environmentsOf(stack)) {
    const variables = textsOf(environment);
    mistakes.push(...(await checkVariables(variables, stack.parameters)));
    slips.push(...variableSlips(Object.keys(variables)));
  }
  for (const slip of new Set(slips)) {
    console.warn(`warning: ${slip}`);
  }
  if (mistakes.length > 0) {
    throw new UserError([...new Set(mistakes)].join('\n'));
  }
}

/** As AWS gets them: without those that are null. */
function textsOf(environment: Stack['provider']['environment']): Variables {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [] : [[name, `${value}`]])),
  );
}

/** The sentences about the variables of one function; none when all are right. */
export async function checkVariables(
  variables: Variables,
  parameters: Pick<Stack['parameters'], 'tokenHeader' | 'localUrls'>,
): Promise<string[]> {
  const mistakes = [readConfig(variables), readBatchConfig(variables), readMetricsConfig(variables)];
  return [
    ...mistakes.flatMap(({ mistake }) => (mistake === undefined ? [] : [String(mistake.cause)])),
    ...(await checkParameters(variables)),
    ...checkMetadata(variables),
    ...checkLabels(variables),
    ...checkCors(variables, parameters),
    ...checkUrls(variables, parameters.localUrls === 'true'),
    ...checkSize(variables),
  ];
}

async function checkParameters({
  PREDICTIVE_UNIT_PARAMETERS: text = '',
}: Variables): Promise<readonly string[]> {
  try {
    await readParameters(text);
    return [];
  } catch (error) {
    const { message } = error as Error;
    return [message.startsWith('PREDICTIVE') ? message : `PREDICTIVE_UNIT_PARAMETERS: ${message}`];
  }
}

/** At run time, a text that is not YAML is left out with a line in the log; here it can still be mended. */
function checkMetadata({ MODEL_METADATA: text = '' }: Variables): readonly string[] {
  const value = text.trim() === '' ? {} : readYaml(text);
  if (!isPlainObject(value)) {
    return ['MODEL_METADATA: expected a mapping in JSON or YAML, such as {name: my-model}'];
  }
  const all = { name: '', versions: [], platform: '', inputs: [], outputs: [], custom: {}, ...value };
  const { error } = Metadata.safeParse(all);
  return error === undefined ? [] : [`MODEL_METADATA: ${describeIssues(error, '', all)}`];
}

function readYaml(text: string): unknown {
  try {
    return parseYaml(text, { version: '1.1', logLevel: 'error' });
  } catch {
    return undefined;
  }
}

function checkLabels({ PREDICTOR_LABELS: text = '' }: Variables): readonly string[] {
  if (text.trim() === '') {
    return [];
  }
  try {
    if (isPlainObject(JSON.parse(text))) {
      return [];
    }
  } catch {
    // The sentence is the same as for JSON that is not an object.
  }
  return ['PREDICTOR_LABELS: expected a JSON object, such as {"version": "1"}'];
}

/** API Gateway refuses other origins; and none of them could be the origin of a browser's page. */
function checkCors(...of: Parameters<typeof corsOf>): readonly string[] {
  const { origins, headers } = corsOf(...of);
  return [
    ...origins
      .filter((origin) => !/^(\*|[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+)$/i.test(origin))
      .map(
        (origin) => `CORS_ALLOWED_ORIGINS has ${origin}; expected origins such as https://a.example, or *`,
      ),
    ...headers
      .filter((header) => !/^[\w!#$%&'*+.^`|~-]+$/.test(header))
      .map((header) => `CORS_ALLOWED_HEADERS has ${header}; expected names of headers`),
  ];
}

function checkSize(variables: Variables): readonly string[] {
  const bytesOf = (value: object) => Buffer.byteLength(JSON.stringify(value));
  const bytes = bytesOf(variables);
  if (bytes <= MAX_BYTES) {
    return [];
  }
  const largest = Object.entries(variables)
    .map(([name, value]) => ({ name, bytes: bytesOf({ [name]: value }) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3);
  return [
    `the environment variables have ${bytes} bytes together; Lambda allows ${MAX_BYTES}. ` +
      `The largest are ${largest.map((each) => `${each.name} (${each.bytes})`).join(', ')}`,
  ];
}
