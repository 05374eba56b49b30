import { readSettings } from '../../bundle/settings.ts';
import { checkVariables } from '../../deploy/stack/environment.ts';
import { variableSlips } from '../../deploy/stack/variable-slips.ts';
import { BATCH_VARIABLES } from '../../runtime/batch-config.ts';
import { VARIABLES } from '../../runtime/config.ts';
import { METRICS_VARIABLES } from '../../runtime/metrics-config.ts';
import { isPlainObject } from '../../runtime/objects.ts';
import type { Finding, Findings } from './check.ts';

/** The variables of the functions have values that they can read. */
export async function checkFunctionVariables(
  project: string,
  { ok, warn, fail }: Findings,
): Promise<Finding[]> {
  const settings: SettingsWithVariables = readSettings(project);
  const ofAll = { ...plainValues(settings.provider?.environment), ...inShell() };
  const ofEach = [settings.models, settings.functions].flatMap((all) =>
    Object.values(Object(all) as object).map((each) => plainValues(Object(each).environment)),
  );
  // An emulator may be meant, so URLs of this machine are right.
  const parameters = { tokenHeader: 'none', localUrls: 'true' } as const;
  const checked = [{}, ...ofEach].map((own) => checkVariables({ ...ofAll, ...own }, parameters));
  const mistakes = new Set((await Promise.all(checked)).flat());
  const names = Object.keys(Object.assign({}, ofAll, ...ofEach)).sort();
  const slips = variableSlips(names).map((text) => warn(text, 'correct the name, or leave it'));
  return mistakes.size > 0
    ? [...[...mistakes].map((text) => fail(text, 'correct the variable')), ...slips]
    : [ok(names.length === 0 ? 'no variable is set' : `${names.join(', ')}: can be read`), ...slips];
}

function inShell(): Record<string, string> {
  // Keys and sessions are not among the settings of a model, and are never shown.
  const names = [...VARIABLES, ...BATCH_VARIABLES, ...METRICS_VARIABLES].filter(
    (name) => !/^AWS_(ACCESS|SECRET|SESSION)/.test(name),
  );
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** The parts of serverless.yml that have variables. */
interface SettingsWithVariables {
  readonly provider?: { readonly environment?: unknown };
  readonly models?: unknown;
  readonly functions?: unknown;
}

/** Those with a plain value; one with `${...}` is for serverless to resolve. */
function plainValues(variables: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(isPlainObject(variables) ? variables : {})
      .filter(([, value]) => value !== null && typeof value !== 'object' && !String(value).includes('${'))
      .map(([name, value]) => [name, String(value)]),
  );
}
