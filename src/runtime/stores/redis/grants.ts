export { toNoPermissions as toRedisPermissions } from '../grant.ts';
