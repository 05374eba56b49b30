import { readFileSync } from 'node:fs';

/** A recorded request. The body is one of `body`, `bodyBase64`, or `json` with `binaryBase64` behind it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  readonly json?: string;
  readonly binaryBase64?: string;
}

/** A recorded answer; one that was derived from sources has `expect` in place of a body. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  /** What a compressed body holds. */
  readonly bodyDecoded?: string;
  readonly json?: string;
  readonly binaryBase64?: string;
  readonly expect?: unknown;
}

/** One line of test/fixtures/peers/cases.jsonl; CASES.md beside it describes the fields. */
export interface Case {
  readonly id: string;
  readonly peer: 'mlserver' | 'kserve' | 'triton';
  readonly about: string;
  readonly model: string | null;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

/** All recorded cases. */
export function readCases(): Case[] {
  return readFileSync(new URL('../../fixtures/peers/cases.jsonl', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
}

/** A list in a list, a hundred and one times: what this text stands for in a case. */
const DEEP = '"<101 lists>"';

/** The bytes of a recorded body; undefined where there is none. */
export function bytesOf({ body, bodyBase64, json, binaryBase64 }: RecordedRequest): Uint8Array | undefined {
  if (json !== undefined) {
    return Buffer.concat([Buffer.from(json), Buffer.from(binaryBase64 ?? '', 'base64')]);
  }
  if (bodyBase64 !== undefined) {
    return Buffer.from(bodyBase64, 'base64');
  }
  return body ? Buffer.from(body.replace(DEEP, `${'['.repeat(101)}1${']'.repeat(101)}`)) : undefined;
}
