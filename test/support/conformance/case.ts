import { readFileSync } from 'node:fs';

/** A recorded request. */
export interface RecordedRequest {
  server?: 'metrics';
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  bodyBase64?: string;
  bodyGenerated?: string;
}

/** The reference's answer; `bodyText` when it was not valid JSON. */
export interface RecordedResponse {
  status: number;
  headers: Record<string, string>;
  body?: unknown;
  /** The text of `body`. */
  bodyRaw?: string;
  bodyText?: string;
  bodyBase64?: string;
}

export interface Step {
  request: RecordedRequest;
  response: RecordedResponse;
}

/** One line of cases.jsonl. */
export interface Case extends Partial<Step> {
  id: string;
  model: string;
  env: Record<string, string>;
  args?: string[];
  steps?: Step[];
  startup?: { ok: boolean; exceptions?: string[] };
  fresh?: boolean;
  bugs?: string[];
  libraryDependent?: boolean;
}

/** All recorded cases. */
export function readCases(): Case[] {
  return readFileSync(new URL('../../fixtures/conformance/cases.jsonl', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
}

/**
 * A case's requests with their answers, in order. Where the start itself failed, the request that would have
 * met it.
 */
export function stepsOf({ steps, request, response, startup, id }: Case): Step[] {
  if (steps !== undefined) {
    return steps;
  }
  if (request !== undefined && response !== undefined) {
    return [{ request, response }];
  }
  if (startup === undefined) {
    throw new Error(`${id} has neither steps nor startup`);
  }
  const method = id.startsWith('metadata/') ? 'GET' : 'POST';
  const path = id.startsWith('metadata/') ? '/metadata' : '/predict';
  const body = method === 'POST' ? { body: '{"data":{"ndarray":[[1.0]]}}' } : {};
  return [
    {
      request: { method, path, headers: { 'Content-Type': 'application/json' }, ...body },
      response: { status: 0, headers: {} },
    },
  ];
}

/** The body that a recorded request carried. */
export function bodyOf({
  body,
  bodyBase64,
  bodyGenerated,
}: RecordedRequest): string | Uint8Array | undefined {
  if (bodyBase64 !== undefined) {
    return new Uint8Array(Buffer.from(bodyBase64, 'base64'));
  }
  if (bodyGenerated === undefined) {
    return body;
  }
  const generate = GENERATED[bodyGenerated];
  if (generate === undefined) {
    throw new Error(`no generator for ${bodyGenerated}`);
  }
  return generate();
}

const GENERATED: Readonly<Record<string, () => string>> = {
  '{"jsonData": 50000 x "[" then 50000 x "]" }': () =>
    `{"jsonData":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  'data.tensor shape [50000], values i+0.5': () =>
    JSON.stringify({
      data: { tensor: { shape: [50_000], values: Array.from({ length: 50_000 }, (_, i) => i + 0.5) } },
    }),
};
