export { toNoPermissions as toFilePermissions } from '../grant.ts';
