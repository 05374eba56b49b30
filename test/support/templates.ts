import { afterAll, beforeAll, expect } from 'vitest';
import { functionOfPath } from './functions.ts';
import { removeFolders } from './project.ts';
import { copyWithZip, readTemplate, serverless, type Template } from './stack.ts';

/** The names of all functions. */
export const FUNCTIONS = [...new Set(functionOfPath.values())];
/** Their paths, without that of all other paths. */
export const PATHS = [...functionOfPath.keys()].filter((path) => path !== '*');
/** The functions that may be called asynchronously. */
export const ASYNCHRONOUS = [
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

interface Lane {
  readonly project: string;
  waiting: number;
  last: Promise<unknown>;
}

const templates = new Map<string, Promise<Template>>();
/** Each command takes two seconds of one processor. */
const lanes: Lane[] = [];

/** Copies the project before the tests of the file, and removes the copies after them. */
export function openLanes(): void {
  beforeAll(() => {
    for (let lane = 0; lane < 2; lane++) {
      lanes.push({ project: copyWithZip(), waiting: 0, last: Promise.resolve() });
    }
  });

  afterAll(removeFolders, 60_000);
}

/** The template for parameters, a stage and an environment; made once for all tests of a file. */
export function templateFor(
  parameters: readonly string[] = [],
  { stage = 'dev', environment = {} }: { stage?: string; environment?: Record<string, string> } = {},
): Promise<Template> {
  const key = JSON.stringify([parameters, stage, environment]);
  const made =
    templates.get(key) ??
    inTurn(async (project) => {
      const { code, text } = await serverless(
        project,
        ['package', '--stage', stage],
        parameters,
        environment,
      );
      expect({ code, text }).toMatchObject({ code: 0 });
      return readTemplate(project);
    });
  templates.set(key, made);
  return made;
}

/** Runs a command in the copy of the project where the fewest wait. */
export function inTurn<T>(run: (project: string) => Promise<T>): Promise<T> {
  const lane = lanes.reduce((least, each) => (each.waiting < least.waiting ? each : least));
  lane.waiting++;
  const made = lane.last.then(() => run(lane.project)).finally(() => lane.waiting--);
  lane.last = made.catch(() => undefined);
  return made;
}
