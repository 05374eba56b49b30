import { expect } from 'vitest';
import type { Deviation, Expected } from '../expected.ts';

/** The error that is answered here with a status. */
export function errorOf(status: number, allow?: string): Expected {
  return {
    status,
    contentType: 'application/json',
    allow,
    body: { error: expect.stringMatching(/./), reason: expect.stringMatching(/^[A-Z][A-Z0-9_]+$/) },
  };
}

/** Errors: one form, and a status that says whose mistake it is. */
export const ERRORS: readonly Deviation[] = [
  {
    why: '{"error"} is the form of the specification and what clients read; the peers also answer {"detail"}, text and nothing',
    of: ({ status }, { request }) => status >= 400 && request.method !== 'HEAD',
    expected: ({ status, allow }) => errorOf(status, allow),
  },
  {
    why: 'a body that cannot be read is 400; no client knows the 422 of a web framework',
    of: ({ status }) => status === 422,
    expected: () => errorOf(400),
  },
  {
    why: 'a request that is wrong is 400; the peers answer 500 where their own code meets it unprepared',
    of: [
      'mlserver/fp-text-bad',
      'mlserver/ragged',
      'mlserver/data-object',
      'mlserver/multi-missing',
      'mlserver/sklearn-three-columns',
      'kserve/shape-mismatch',
      'kserve/ragged',
      'kserve/binary-short',
      'kserve/binary-length-word',
      'kserve/v1-neither',
      'triton/too-many',
      'triton/shape-negative',
    ],
    expected: () => errorOf(400),
  },
  {
    why: 'a model that cannot be loaded is 503, as on the health path of Seldon; MLServer and Triton answer 400',
    of: ['mlserver/ready-one-not', 'mlserver/model-not-ready', 'triton/model-not-ready'],
    expected: () => errorOf(503),
  },
  {
    why: "a call of a model that cannot be loaded is the server's failure, 500, as in every protocol here",
    of: ['mlserver/infer-not-ready'],
    expected: () => errorOf(500),
  },
  {
    why: 'a model that does not exist is 404, as the other peers answer; Triton answers 400',
    of: ['triton/model-unknown'],
    expected: () => errorOf(404),
  },
  {
    why: 'a version is served where the metadata names it; otherwise it does not exist. KServe has no versions at all, 501',
    of: ['kserve/model-version', 'kserve/model-ready-version', 'kserve/infer-version'],
    expected: () => errorOf(404),
  },
  {
    why: 'Allow names all methods that the path has: HEAD wherever there is GET, and OPTIONS',
    of: ({ status }) => status === 405,
    expected: (_recorded, { request }) =>
      errorOf(405, request.path.endsWith('/infer') || request.path.endsWith('/index') ? 'OPTIONS, POST' : ''),
  },
];
