import { stringify, toJsonValue } from '../../json/write-json.ts';
import { ROUTES } from '../../routes.ts';
import type { Protocol } from '../protocol.ts';
import { READERS } from './read-request.ts';

/** Paths for API clients. An orchestrator calls `/predict` and `/send-feedback`, and counts by itself. */
const EXTERNAL = /\/api\/v[\d.]+\/(predictions|feedback)$/;

/**
 * Seldon Core v1: SeldonMessage, SeldonMessageList and Feedback as JSON. It matches every request that no
 * other protocol matches, so it has to know the others.
 */
export function seldonUnless(others: readonly Protocol[]): Protocol {
  return {
    name: 'seldon',
    paths: ROUTES,
    matches: (request) => !others.some((other) => other.matches(request)),
    // The pattern matches only these two words.
    serviceOf: (path) => EXTERNAL.exec(path)?.[1] as 'predictions' | 'feedback' | undefined,
    encodeError: ({ info, reason }) => {
      const status = { status: 1, info, code: -1, reason };
      return { body: stringify(toJsonValue({ status }, 'the error')) };
    },
    wire: () => ({ read: READERS }),
  };
}
