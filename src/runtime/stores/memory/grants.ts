export { toNoPermissions as toMemoryPermissions } from '../grant.ts';
