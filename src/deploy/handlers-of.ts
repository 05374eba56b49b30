import type { Serverless } from './serverless-types.ts';

/**
 * The handlers that the functions of serverless.yml name, by the place of this name. Those that come from a
 * layer, from an image or from a zip of their own are not ours to look at.
 */
export function handlersOf({ service }: Serverless): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service.functions).flatMap(([name, { handler, runtime, package: own }]) => {
      const isNode = runtime === undefined || runtime.startsWith('nodejs');
      const isOurs = handler !== undefined && !/^(\/|node_modules\/|models\/)/.test(handler);
      return isOurs && isNode && own?.artifact === undefined ? [[`functions.${name}.handler`, handler]] : [];
    }),
  );
}
