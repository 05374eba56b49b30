import { styleText } from 'node:util';
import { workingProject } from '../working-project.ts';
import { type Check, type Finding, findings } from './check.ts';
import { checkFunctionVariables } from './environment.ts';
import { checkGraph } from './graph.ts';
import { checkCredentials, checkNode, checkPorts } from './machine.ts';
import { checkModels } from './models.ts';
import { checkPackages } from './packages.ts';
import { checkSettings } from './settings.ts';
import { checkTypes } from './typescript.ts';

/** By the names of their subjects. */
const CHECKS: Readonly<Record<string, Check>> = {
  node: checkNode,
  packages: checkPackages,
  'serverless.yml': checkSettings,
  'tsconfig.json': checkTypes,
  models: checkModels,
  graph: checkGraph,
  environment: checkFunctionVariables,
  ports: checkPorts,
  aws: checkCredentials,
};

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** Checks this machine and the project in the working folder; exit code 1 when something does not work. */
export async function examine({
  json,
  fix,
}: {
  readonly json: boolean;
  readonly fix: boolean;
}): Promise<void> {
  const project = workingProject();
  const fixed = fix ? mend(await check(project)) : [];
  const found = await check(project);
  const isGood = found.every(({ status }) => status !== 'fail');
  console.log(json ? JSON.stringify({ isGood, checks: found.map(toPlain), fixed }) : toText(found, fixed));
  process.exitCode = isGood ? 0 : 1;
}

async function check(project: string): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [name, each] of Object.entries(CHECKS)) {
    const tell = findings(name);
    try {
      found.push(...(await each(project, tell)));
    } catch (error) {
      if ((error as Error).name !== 'UserError') {
        throw error;
      }
      found.push(tell.fail((error as Error).message, 'correct it'));
    }
  }
  return withoutRepeats(found);
}

/** Several checks read the same file, and one of them tells what is wrong with it. */
function withoutRepeats(found: readonly Finding[]): Finding[] {
  return found.filter(({ text }, index) => found.findIndex((each) => each.text === text) === index);
}

function mend(found: readonly Finding[]): string[] {
  return found.flatMap(({ fix }) => (fix === undefined ? [] : [fix()]));
}

function toPlain({ fix, ...finding }: Finding): object {
  return { ...finding, canFix: fix !== undefined };
}

function toText(found: readonly Finding[], fixed: readonly string[]): string {
  const width = Math.max(...found.map(({ name }) => name.length));
  const lines = found.flatMap(({ status, name, text, remedy, fix }) => [
    `${coloured(status)}  ${name.padEnd(width)}  ${text}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width + 8)}-> ${remedy}${fix ? ' (or --fix)' : ''}`]),
  ]);
  return [...fixed.map((text) => `fixed ${text}`), ...lines].join('\n');
}

/** A terminal without colours, or one for which NO_COLOR is set, has none. */
function coloured(status: Finding['status']): string {
  const word = status.padEnd(4);
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(COLOURS[status], word) : word;
}
