import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, inject } from 'vitest';
import { functionOfPath } from './functions.ts';
import { removeFolders } from './project.ts';
import { copyWithZip, serverless, type Template, templatePath } from './stack.ts';

/** The names of all functions. */
export const FUNCTIONS = [...new Set(functionOfPath.values())];
/** Their paths, without that of all other paths. */
export const PATHS = [...functionOfPath.keys()].filter((path) => path !== '*');
/** The functions that call the model: they may read and write its state, and be called asynchronously. */
export const CALLING = [
  'aggregate',
  'health',
  'predict',
  'route',
  'send-feedback',
  'transform-input',
  'transform-output',
];

/** A Cognito user pool. */
export const POOL = 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf';
/** The parameters of callers with a token of an issuer. */
export const JWT = ['auth=jwt', 'jwtIssuer=https://issuer.example/', 'jwtAudience=iris,people'];

/** The things that a template is made for, beside its parameters. */
interface Deployed {
  readonly stage?: string;
  readonly environment?: Record<string, string>;
}

/**
 * The copy of the project for all test files of this process; serverless is quick where it has run before.
 */
let lane: string | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Removes, after the tests of the file, what they have copied for themselves. */
export function openLanes(): void {
  afterAll(removeFolders, 60_000);
}

/** The template for parameters, a stage and an environment; made once for all test files. */
export async function templateFor(
  parameters: readonly string[] = [],
  deployed: Deployed = {},
): Promise<Template> {
  return JSON.parse(readFileSync(await templateFile(parameters, deployed), 'utf8')) as Template;
}

/** The file of the template for parameters, a stage and an environment. */
export function templateFile(
  parameters: readonly string[],
  { stage = 'dev', environment = {} }: Deployed = {},
): Promise<string> {
  const key = JSON.stringify([parameters, stage, environment]);
  const file = join(inject('lanes'), `${createHash('sha256').update(key).digest('hex')}.json`);
  return inTurn(async (project) => {
    if (!existsSync(file)) {
      const command = ['package', '--stage', stage];
      const { code, text } = await serverless(project, command, parameters, environment);
      expect({ code, text }).toMatchObject({ code: 0 });
      // Another process may look for the file, or make it, too.
      const draft = `${file}.${process.pid}`;
      copyFileSync(templatePath(project), draft);
      renameSync(draft, file);
    }
    return file;
  });
}

/** Runs commands, when all that were given before have ended, in a copy of the project without a template. */
export function inTurn<T>(run: (project: string) => Promise<T>): Promise<T> {
  const ended = last.then(() => {
    lane ??= copyWithZip(mkdtempSync(join(inject('lanes'), 'lane-')));
    rmSync(join(lane, '.serverless'), { recursive: true, force: true });
    return run(lane);
  });
  last = ended.catch(() => undefined);
  return ended;
}
