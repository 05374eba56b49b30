import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { Stack } from '../../deploy/serverless-types.ts';
import { checkEnvironment } from '../../deploy/stack/environment.ts';
import { VARIABLES } from '../../runtime/config.ts';
import { type Finding, findings } from './check.ts';

/** The variables of the functions have values that they can read. */
export async function checkVariables(project: string): Promise<Finding[]> {
  const { ok, fail } = findings('environment');
  const settings = readSettings(project);
  const environment = { ...plainValues(settings.provider?.environment), ...inShell() };
  const ofModels = Object.values(Object(settings.models) as object).map((each) => Object(each).environment);
  const functions = [undefined, ...ofModels].map((own) => ({ environment: plainValues(own) }));
  // Of the stack, the check needs the variables only. An emulator may be meant, so this machine's URLs pass.
  const parameters = { tokenHeader: 'none', localUrls: 'true' };
  const stack = { provider: { environment }, functions, parameters };
  try {
    await checkEnvironment(stack as unknown as Stack);
    const names = Object.keys(environment).sort().join(', ');
    return [ok(names === '' ? 'no variable is set' : `${names}: can be read`)];
  } catch (error) {
    if ((error as Error).name !== 'UserError') {
      throw error;
    }
    return (error as Error).message.split('\n').map((text) => fail(text, 'correct the variable'));
  }
}

function inShell(): Record<string, string> {
  // Keys and sessions are not among the settings of a model, and are never shown.
  const names = VARIABLES.filter((name) => !/^AWS_(ACCESS|SECRET|SESSION)/.test(name));
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** The parts of serverless.yml that have variables. */
interface Settings {
  readonly provider?: { readonly environment?: object };
  readonly models?: unknown;
}

function readSettings(project: string): Settings {
  const file = join(project, 'serverless.yml');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const document = parseDocument(text, { logLevel: 'silent' });
  return Object(document.errors.length > 0 ? undefined : document.toJS()) as Settings;
}

/** Those with a plain value; one with `${...}` is for serverless to resolve. */
function plainValues(variables: object | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables ?? {})
      .filter(([, value]) => value !== null && typeof value !== 'object' && !String(value).includes('${'))
      .map(([name, value]) => [name, String(value)]),
  );
}
