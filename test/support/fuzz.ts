import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { Reason } from '../../src/runtime/errors.ts';
import { apiGatewayV2, type EventSource, eventSources, type readResult } from './events.ts';
import { type Deployment, deploy, functionOfPath } from './functions.ts';
import { captureLog } from './log-lines.ts';

const MODEL_DIR = new URL('../models/lifecycle/', import.meta.url).pathname;

/** The names of all functions. */
export const FUNCTIONS = [...new Set(functionOfPath.values())];
/** All event sources that speak HTTP. */
export const SOURCES: EventSource[] = Object.values(eventSources);
/** The boundary of all multipart bodies, as curl makes it. */
export const BOUNDARY = '----------------------------0123456789';

/** Every reason that this project answers by itself; the compiler asks for a new one. */
export const REASONS = Object.keys({
  MICROSERVICE_BAD_DATA: true,
  MICROSERVICE_NOT_FOUND: true,
  MICROSERVICE_METHOD_NOT_ALLOWED: true,
  MICROSERVICE_PAYLOAD_TOO_LARGE: true,
  MICROSERVICE_INTERNAL_ERROR: true,
  MICROSERVICE_BAD_METRIC: true,
  MICROSERVICE_BAD_METADATA: true,
  MICROSERVICE_BAD_PARAMETER: true,
  MICROSERVICE_BAD_STATE: true,
  MICROSERVICE_NOT_IMPLEMENTED: true,
  MICROSERVICE_STATE_UNAVAILABLE: true,
  MICROSERVICE_TIMEOUT: true,
  MICROSERVICE_STATE_TOO_LARGE: true,
} satisfies Record<Reason, true>);

/** Words of the language and of libraries, which tell a caller nothing. */
export const INTERNALS =
  /\n\s+at |TypeError|RangeError|SyntaxError|Cannot read prop|Cannot convert|is not a function|is not iterable|is not defined|call stack|Invalid (array|typed|string)|\[object|node:internal|ZodError|serialize a BigInt|circular structure/;

/** The functions that were deployed last. */
export let functions: Deployment;

/** Deploys a model of test/models/lifecycle; {@link post} and {@link functions} use it from then on. */
export function deployModel(name: string): void {
  functions = deploy({ MODEL_DIR, MODEL_NAME: name });
}

/**
 * Deploys, before the tests of this block, a model that has every method, answers what it gets and never
 * fails: so no answer may be 500.
 */
export function deployEverything(): void {
  beforeAll(() => deployModel('Everything'));
}

/** Checks, after each test of the file, that every line of the log is JSON; nothing else of it is read. */
export function expectJsonLog(): void {
  let lines: () => unknown;
  beforeEach(() => {
    lines = captureLog();
  });
  afterEach(() => {
    lines();
    vi.restoreAllMocks();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });
}

/** The answer of a function, whatever the event source. */
export type Result = ReturnType<typeof readResult>;

/** Expects valid JSON and a status of HTTP; of an error also the form of all errors, in our own words. */
export function expectAnswer({ status, headers, body }: Result, statuses = /^(200|4\d\d)$/, how = ''): void {
  const shown = typeof body === 'string' ? body : Buffer.from(body).toString();
  const summary = `${how} answered ${status} ${shown.slice(0, 300)}`;
  expect(`${status}`, summary).toMatch(statuses);
  if (headers['content-type'] !== 'application/json' || shown === '') {
    return;
  }
  const answer = JSON.parse(shown);
  if (status < 400) {
    return;
  }
  // In the form of one of the protocols.
  const { reason, info } = 'error' in answer ? { ...answer, info: answer.error } : answer.status;
  if (!('error' in answer)) {
    expect(answer.status, summary).toMatchObject({ status: 1, code: -1 });
  }
  expect(info, summary).toEqual(expect.any(String));
  expect(REASONS, summary).toContain(reason);
  expect(info, summary).not.toMatch(INTERNALS);
}

/** Posts a body to a path of the functions that were deployed last. */
export function post(
  path: string,
  body: string | Uint8Array,
  contentType = 'application/json',
  source = apiGatewayV2,
) {
  return functions.send({ method: 'POST', path, headers: { 'content-type': contentType }, body }, source);
}
