import { graphError } from '../../graph-error.ts';

/** The functions that a target names. */
export interface FunctionTarget {
  /** The name or ARN of the function that answers a path, as `/predict`. */
  functionOf(path: string): string;
  /** A version or an alias. */
  readonly qualifier: string | undefined;
  /** The region of an ARN. */
  readonly region: string | undefined;
  /** Whether a function in a region, whatever its account, is one of those that a graph calls. */
  includes(name: string | undefined, region: string | undefined): boolean;
}

/** The functions of a unit that a graph calls, where each endpoint has one. */
export const FUNCTIONS_OF_A_UNIT: readonly string[] = [
  'predict',
  'transform-input',
  'transform-output',
  'route',
  'aggregate',
  'send-feedback',
  'health',
  'metadata',
];

/** The functions of a deployment of this package whose names are not those of their paths. */
const NAMES: Readonly<Record<string, string>> = { 'health-status': 'health' };

/**
 * Reads `lambda:name`, `lambda:name:alias`, an ARN with or without a qualifier and with or without `lambda:`
 * before it, or one of them with `*` in the name: then each path has a function of its own, as this package
 * deploys them.
 *
 * @throws SeldonError GRAPH_BAD for any other text.
 */
export function readFunctionTarget(target: string): FunctionTarget {
  const text = target.replace(/^lambda:/, '');
  const [, arn, region, name = text, qualifier] =
    /^(arn:aws[\w-]*:lambda:([\w-]+):\d{12}:function:)([\w*-]+)(?::([\w$-]+))?$/.exec(text) ??
    /^()()([\w*-]+)(?::([\w$-]+))?$/.exec(text) ??
    [];
  if (arn === undefined) {
    throw graphError(
      'GRAPH_BAD',
      'the target of a unit: expected lambda:<function>, lambda:<function>:<alias> or an ARN',
    );
  }
  return {
    functionOf: (path) => `${arn}${name.replace('*', () => functionName(path))}`,
    qualifier,
    region: region || undefined,
    includes: (own, ownRegion) =>
      FUNCTIONS_OF_A_UNIT.some((each) => name.replace('*', each) === own) &&
      (region || ownRegion) === ownRegion,
  };
}

function functionName(path: string): string {
  const name = path.slice(1).replaceAll('/', '-');
  return NAMES[name] ?? name;
}
