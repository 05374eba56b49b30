import type { EventAdapter } from './adapter.ts';
import { alb } from './alb.ts';
import { apigwV1 } from './apigw-v1.ts';
import { apigwV2 } from './apigw-v2.ts';
import { directUnless } from './direct.ts';
import { schedule } from './schedule.ts';

const known: readonly EventAdapter[] = [
  // One line for each event source.
  alb,
  apigwV1,
  apigwV2,
  schedule,
];

const direct = directUnless(known);

/** All event sources; exactly one of them matches any event. */
export const adapters: readonly EventAdapter[] = [...known, direct];

/** Finds the adapter that matches `event`. */
export function adapterFor(event: unknown): EventAdapter {
  // `direct` is the fallback: its own `matches` would ask all the others again.
  return known.find((adapter) => adapter.matches(event)) ?? direct;
}
