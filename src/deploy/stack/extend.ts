import type { Stack } from '../serverless-types.ts';

/** Changes a resource that serverless makes itself. */
export function extend({ extensions }: Stack['resources'], id: string, extension: object): void {
  extensions[id] = { ...extensions[id], ...extension };
}
