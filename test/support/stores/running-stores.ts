import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StoreSettings } from '../../../src/runtime/stores/store.ts';
import { AWS_SETTINGS } from './aws-settings.ts';
import { createTable, type DynamodbServer, openDynalite } from './dynamodb-servers.ts';
import { NO_SETTINGS } from './hammer.ts';
import { isRedisInstalled, startRedis } from './redis-process.ts';
import { openS3Server } from './s3-server.ts';

/** Environment variables. */
export type Environment = Readonly<Record<string, string>>;

/** A store that runs. */
export interface RunningStore extends Place {
  /** `host:port`; undefined: it is not on the network. */
  readonly address?: string;
  /** The environment of a function that uses it, or that reaches it at another `host:port`, as by a proxy. */
  environment(address?: string): Environment;
  close(): Promise<void> | void;
}

/** How a store is opened. */
export interface Place {
  readonly url: string;
  readonly settings: StoreSettings;
}

/** The stores by name, each started by its function. */
export const STORES = {
  async file() {
    const folder = mkdtempSync(join(tmpdir(), 'seldon-state-'));
    const place = { url: pathToFileURL(folder).href, settings: NO_SETTINGS };
    const close = () => rmSync(folder, { recursive: true, force: true });
    return { ...place, environment: () => toEnvironment(place), close };
  },
  DynamoDB: async () => runningDynamodb(await openDynalite()),
  async Redis() {
    const server = await startRedis();
    const at = (address: string) => ({ url: `redis://${address}/1`, settings: NO_SETTINGS });
    return running(server.address, at, () => server.close());
  },
  async S3() {
    const server = await openS3Server();
    const at = (address: string) => ({
      url: 's3://states/prefix',
      settings: { ...AWS_SETTINGS, s3Endpoint: `http://${address}` },
    });
    return running(new URL(server.url).host, at, () => server.close());
  },
} satisfies Record<string, () => Promise<RunningStore>>;

/** The name of a store. */
export type StoreName = keyof typeof STORES;

/** Those of {@link STORES} that can run here. */
export const STORE_NAMES: readonly StoreName[] = (['file', 'DynamoDB', 'Redis', 'S3'] as const).filter(
  (name) => isRedisInstalled || name !== 'Redis',
);

/** A server of DynamoDB's, with a table. */
export async function runningDynamodb(server: DynamodbServer): Promise<RunningStore> {
  await createTable(server, 'states');
  const at = (address: string) => ({
    url: 'dynamodb://states',
    settings: { ...AWS_SETTINGS, dynamodbEndpoint: `http://${address}` },
  });
  return running(new URL(server.url).host, at, () => server.close());
}

function running(
  address: string,
  at: (address: string) => Place,
  close: () => Promise<void> | void,
): RunningStore {
  const environment = (other = address) => toEnvironment(at(other));
  return { ...at(address), address, environment, close };
}

/** The environment of a function that keeps its state in a store. */
export function toEnvironment({ url, settings }: Place): Environment {
  const { region, credentials, dynamodbEndpoint, s3Endpoint } = settings;
  const variables = {
    STATE_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    AWS_ENDPOINT_URL_S3: s3Endpoint,
  };
  const isSet = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;
  return Object.fromEntries(Object.entries(variables).filter(isSet));
}
