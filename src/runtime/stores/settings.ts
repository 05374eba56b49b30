import { awsSettings, type Config } from '../config.ts';
import type { StoreSettings } from './store.ts';

/** The key of a value, and whose it is. */
export interface StoreKey {
  readonly key: string;
  /** The ids, where the key could also be made of others: where one of them contains `_`. */
  readonly owner?: string;
}

/**
 * The key of a unit's value, as in the reference: `persistence_{deployment}_{predictor}_{unit}`, with "0" for
 * a part that is not set.
 *
 * @param shard - the number of one of several values of the unit, from 1 on: `persistence.1_...`. No other
 *   key begins like this.
 */
export function storeKey(
  prefix: 'persistence' | 'metrics',
  { SELDON_DEPLOYMENT_ID, PREDICTOR_ID }: Pick<Config, 'SELDON_DEPLOYMENT_ID' | 'PREDICTOR_ID'>,
  unitId: string | undefined,
  shard?: number,
): StoreKey {
  const ids = [SELDON_DEPLOYMENT_ID, PREDICTOR_ID, unitId].map((id) => id || '0');
  const key = [shard === undefined ? prefix : `${prefix}.${shard}`, ...ids].join('_');
  return String(ids).includes('_') ? { key, owner: JSON.stringify(ids) } : { key };
}

/** The settings of all stores, from the environment. */
export function toSettings(config: Config): StoreSettings {
  return {
    ...awsSettings(config),
    dynamodbEndpoint: config.AWS_ENDPOINT_URL_DYNAMODB ?? config.AWS_ENDPOINT_URL,
    s3Endpoint: config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL,
    overflowUrl: config.STATE_OVERFLOW_URL || undefined,
  };
}
