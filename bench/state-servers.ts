import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StoreSettings } from '../src/stores/store.ts';
import { AWS_SETTINGS } from '../test/stores/aws-settings.ts';
import {
  createTable,
  type DynamodbServer,
  findDynamodbLocal,
  openDynalite,
  openDynamodbLocal,
} from '../test/stores/dynamodb-servers.ts';
import { NO_SETTINGS } from '../test/stores/hammer.ts';
import { isRedisInstalled, startRedis } from '../test/stores/redis-process.ts';
import { openS3Server } from '../test/stores/s3-server.ts';

/** A store that can be used here. */
export interface OpenedStore {
  readonly title: string;
  readonly url: string;
  readonly settings: StoreSettings;
  /** Its file in src/stores/, and what that exports. */
  readonly client: { readonly file: string; readonly open: string };
}

/** All that run here, and why the others do not. */
export interface Servers {
  readonly stores: readonly OpenedStore[];
  readonly missing: readonly string[];
  close(): Promise<void>;
}

/** Starts every server that can run here. */
export async function openServers(): Promise<Servers> {
  const stores: OpenedStore[] = [];
  const missing: string[] = [];
  const closes: (() => unknown)[] = [];
  const close = async () => {
    for (const each of closes.reverse()) await each();
  };

  async function addDynamodb(title: string, server: DynamodbServer): Promise<void> {
    closes.push(() => server.close());
    await createTable(server, 'states');
    const settings = { ...AWS_SETTINGS, dynamodbEndpoint: server.url };
    const client = { file: 'dynamodb.ts', open: 'openDynamodb' };
    stores.push({ title, url: 'dynamodb://states', settings, client });
  }

  try {
    const folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-bench-'));
    closes.push(() => rmSync(folder, { recursive: true, force: true }));
    const url = pathToFileURL(folder).href;
    stores.push({ title: 'file', url, settings: NO_SETTINGS, client: { file: 'file.ts', open: 'openFile' } });

    if (isRedisInstalled) {
      const redis = await startRedis();
      closes.push(() => redis.close());
      const client = { file: 'redis.ts', open: 'openRedis' };
      stores.push({ title: 'redis', url: `redis://${redis.address}`, settings: NO_SETTINGS, client });
    } else missing.push('redis: there is no redis-server');

    await addDynamodb('dynalite', await openDynalite());
    const local = findDynamodbLocal();
    if ('folder' in local) await addDynamodb('DynamoDB Local', await openDynamodbLocal(local.folder));
    else missing.push(`DynamoDB Local: ${local.missing}`);

    const s3 = await openS3Server();
    closes.push(() => s3.close());
    const settings = { ...AWS_SETTINGS, s3Endpoint: s3.url };
    stores.push({
      title: 'S3 test server',
      url: 's3://states/bench',
      settings,
      client: { file: 's3.ts', open: 'openS3' },
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { stores, missing, close };
}
