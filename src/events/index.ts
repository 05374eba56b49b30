import type { EventAdapter } from './adapter.ts';
import { alb } from './alb.ts';
import { apigwV1 } from './apigw-v1.ts';
import { apigwV2 } from './apigw-v2.ts';
import { directUnless } from './direct.ts';

const httpAdapters: readonly EventAdapter[] = [
  // One line per event source.
  alb,
  apigwV1,
  apigwV2,
];

const direct = directUnless(httpAdapters);

/** Every event source; exactly one of them matches any event. */
export const adapters: readonly EventAdapter[] = [...httpAdapters, direct];

/** The one adapter that matches `event`. */
export function adapterFor(event: unknown): EventAdapter {
  return adapters.find((adapter) => adapter.matches(event)) ?? direct;
}
