import type { Config } from '../config.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { GraphPlan, PredictorPlan } from './plan.ts';

/**
 * Chooses the predictor of a request by their `traffic`. Requests with the same key go to the same predictor,
 * in every instance.
 */
export function choosePredictor(
  predictors: readonly [PredictorPlan, ...PredictorPlan[]],
  share: number,
): PredictorPlan {
  let sum = 0;
  for (const predictor of predictors) {
    sum += predictor.traffic;
    if (share < sum) {
      return predictor;
    }
  }
  return predictors[0];
}

/**
 * The name under which `meta.routing` has the place of the predictor among all: that of the deployment, with
 * a slash before it where a unit has the same name.
 */
export function routingNameOf({ deployment, predictors }: GraphPlan): string {
  return predictors.some(({ units }) => Object.hasOwn(units, deployment)) ? `/${deployment}` : deployment;
}

/**
 * A number from 0 up to 100 for a request: always the same one for a key, which is the value of the header
 * that SELDON_STICKY_HEADER names, or else the Idempotency-Key, or else the `Seldon-Puid` that the caller
 * sent; without all of them, any number.
 */
export function shareOf(
  { request: { headers }, invocation: { idempotencyKey } }: Pick<CallContext, 'request' | 'invocation'>,
  deployment: string,
  { SELDON_STICKY_HEADER: sticky }: Pick<Config, 'SELDON_STICKY_HEADER'>,
): number {
  const key = (sticky && headers[sticky.toLowerCase()]) || idempotencyKey || headers['seldon-puid'];
  return shareOfKey(key && `${deployment}/${key}`);
}

/** A number from 0 up to 100: always the same one for a key; without one, any number. */
export function shareOfKey(key: string | undefined): number {
  return key ? (hashOf(key) % 10_000) / 100 : Math.random() * 100;
}

/**
 * FNV-1a of 32 bits over UTF-8, with a final mix: without it, keys that differ in their last letter only
 * are close to each other.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
