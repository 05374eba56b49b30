import { stringify, toJsonValue } from '../../json/write-json.ts';
import { ROUTES } from '../../routes.ts';
import type { Protocol } from '../protocol.ts';
import { READERS } from './read-request.ts';

/** Paths for callers from outside; an orchestrator calls `/predict` and `/send-feedback`, and counts by itself. */
const EXTERNAL = /\/api\/v[\d.]+\/(predictions|feedback)$/;

/**
 * Seldon Core v1: SeldonMessage, SeldonMessageList and Feedback as JSON. It speaks to every request that no other protocol
 * claims, so it has to know them.
 */
export function seldonUnless(others: readonly Protocol[]): Protocol {
  return {
    name: 'seldon',
    paths: ROUTES,
    matches: (request) => !others.some((other) => other.matches(request)),
    // The pattern has no other words.
    serviceOf: (path) => EXTERNAL.exec(path)?.[1] as 'predictions' | 'feedback' | undefined,
    encodeError: ({ info, reason }) => {
      const status = { status: 1, info, code: -1, reason };
      return { body: stringify(toJsonValue({ status }, 'the error')) };
    },
    wire: () => ({ read: READERS }),
  };
}
