import { UserError } from '../../bundle/user-error.ts';
import type { GraphPlan, UnitPlan } from '../../runtime/graph/plan.ts';
import { FUNCTIONS_OF_A_UNIT, readFunctionTarget } from '../../runtime/graph/remote/function-target.ts';
import { allow, ownArn } from '../../runtime/stores/grant.ts';
import { shadowsOf } from '../graph/add-shadows.ts';
import { readShadowTargets } from '../graph/shadow-targets.ts';
import { GRAPH } from '../project/arrange-functions.ts';
import type { Grant, Stack, Statement } from '../serverless-types.ts';
import { checkUrls } from './urls.ts';

/** The role of the function that serves a graph. */
const ROLE = 'GraphRole';

/**
 * Lets the function of a graph do what its units need, and nothing more: call the functions and APIs that
 * they are bound to, and the functions of shadows, read the files of those that are classes, and log
 * payloads.
 *
 * @param region - where it is deployed.
 * @throws UserError for a unit that is bound to this very function, or has a URL that a function cannot use.
 */
export function grantGraph(stack: Stack, plan: GraphPlan, region: string): Stack {
  const units = plan.predictors.flatMap((each) => Object.entries(each.units));
  const { SELDON_SHADOWS = stack.provider.environment.SELDON_SHADOWS } =
    stack.functions[GRAPH]?.environment ?? {};
  const shadows = readShadowTargets(SELDON_SHADOWS, plan);
  const mistakes = [
    ...plan.predictors.flatMap(({ name: predictor, units }) => {
      const own = { region, names: functionsThatServe(predictor, plan, stack) };
      return Object.entries(units).flatMap(([name, unit]) => mistakesOf(`unit ${name}`, unit, stack, own));
    }),
    ...[...shadows].flatMap(([name, target]) =>
      mistakesOf(`shadow ${name}`, { target }, stack, { region, names: [`${stack.name}-${GRAPH}`] }),
    ),
  ];
  if (mistakes.length > 0) {
    throw new UserError([...new Set(mistakes)].join('\n'));
  }
  const grants = [
    ...units.flatMap(([, unit]) => grantsOf(unit)),
    ...[...shadows.values()].flatMap((target) => grantsOf({ target })),
  ];
  const { roles } = stack.custom;
  return {
    ...stack,
    custom: { ...stack.custom, roles: { ...roles, [ROLE]: [...(roles[ROLE] ?? []), ...grants] } },
  };
}

/** The part of a unit that a permission is needed for; a shadow has a target alone. */
type Needing = Pick<UnitPlan, 'target'> & Partial<Pick<UnitPlan, 'modelUri' | 'logger'>>;

function grantsOf({ target, modelUri, logger }: Needing): Grant[] {
  const files: Grant[] = modelUri?.startsWith('s3:') ? [{ url: modelUri, may: ['read', 'list'] }] : [];
  const log: Grant[] = logger?.url === undefined ? [] : [{ url: logger.url, may: ['write'] }];
  const functions = functionsOf(target);
  const called = functions.length > 0 ? [invoke(functions.map(arnOf))] : apiOf(target);
  return [...called, ...files, ...log];
}

/** The functions that a target names: `name`, `name:alias`, or whole ARNs. */
function functionsOf(target: string): string[] {
  const name = /^(?:lambda:|(?=arn:))(.+)$/.exec(target)?.[1];
  if (name === undefined) {
    return [];
  }
  return name.includes('*') ? FUNCTIONS_OF_A_UNIT.map((each) => name.replace('*', each)) : [name];
}

function arnOf(name: string): unknown {
  return name.startsWith('arn:') ? name : ownArn('lambda', `function:${name}`);
}

function invoke(functions: readonly unknown[]): Statement {
  return allow(['lambda:InvokeFunction'], functions);
}

/** The API at an address of API Gateway; what guards another address cannot be told by it. */
function apiOf(target: string): Statement[] {
  const [, id, region] =
    /^https:\/\/([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(target) ?? [];
  const api = `arn:\${AWS::Partition}:execute-api:${region}:\${AWS::AccountId}:${id}/*`;
  return id === undefined ? [] : [allow(['execute-api:Invoke'], { 'Fn::Sub': api })];
}

/** Functions of this deployment, by their names on AWS. */
interface Own {
  readonly region: string;
  readonly names: readonly string[];
}

/**
 * The functions that a unit of a predictor must not be bound to: that of the graph, which is also what sends
 * its copies to a shadow, and the one that a shadow has for itself.
 */
function functionsThatServe(predictor: string, plan: GraphPlan, { name, functions }: Stack): string[] {
  const keys = shadowsOf(plan).flatMap((each) => (each.predictor === predictor ? [each.key] : []));
  return [GRAPH, ...keys.filter((key) => key in functions)].map((key) => `${name}-${key}`);
}

function mistakesOf(what: string, unit: Needing, { parameters }: Stack, own: Own): readonly string[] {
  const { target, modelUri = '', logger } = unit;
  const mayBeLocal = parameters.localUrls === 'true';
  const { MODEL_URI, PAYLOAD_LOG_URL } = { MODEL_URI: modelUri, PAYLOAD_LOG_URL: logger?.url ?? '' };
  const wrong = checkUrls({ MODEL_URI, PAYLOAD_LOG_URL }, mayBeLocal).map((each) => `the ${what}: ${each}`);
  const called = functionsOf(target).length > 0 ? readFunctionTarget(target) : undefined;
  const isItself = own.names.some((name) => called?.includes(name, own.region));
  return isItself ? [...wrong, `the ${what} is bound to ${target}, the function of the graph itself`] : wrong;
}
