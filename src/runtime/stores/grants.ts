import { toDynamodbPermissions } from './dynamodb/grants.ts';
import { toFilePermissions } from './file/grants.ts';
import type { ToPermissions } from './grant.ts';
import { toMemoryPermissions } from './memory/grants.ts';
import { toRedisPermissions } from './redis/grants.ts';
import { toS3Permissions } from './s3/grants.ts';

/** URL scheme -> what IAM has to allow for a store; the schemes are those of index.ts. */
export const GRANTS: Readonly<Record<string, ToPermissions>> = {
  'dynamodb:': toDynamodbPermissions,
  's3:': toS3Permissions,
  'redis:': toRedisPermissions,
  'rediss:': toRedisPermissions,
  'file:': toFilePermissions,
  'memory:': toMemoryPermissions,
};
