import { fileURLToPath } from 'node:url';
import type { Serverless } from '../serverless-types.ts';
import type { Functions } from './functions.ts';
import type { Outcome } from './instance.ts';

/** Calls a function by its name on AWS. */
export type Invoke = (functionName: string, event: string, clientContext?: unknown) => Promise<Outcome>;

/**
 * Leaves direct invocation to serverless-offline, and nothing else: all its functions become one handler that
 * calls `functions`, and it gets no routes. A function that ends its process would otherwise end all.
 */
export function offerDirectInvocation({ service }: Serverless, functions: Functions): void {
  const names = new Map(Object.entries(service.functions).map(([name, { name: full }]) => [full, name]));
  const invoke: Invoke = (functionName, event, clientContext) =>
    functions.invoke(names.get(functionName) ?? functionName, event, clientContext);
  Reflect.set(globalThis, Symbol.for('seldon-lambda.invoke'), invoke);
  for (const definition of Object.values(service.functions)) {
    definition.handler = 'direct-invocation.handler';
    definition.events = definition.events.filter(({ httpApi }) => httpApi === undefined);
  }
  Object.assign(service.custom['serverless-offline'], {
    location: fileURLToPath(new URL('.', import.meta.url)),
    useInProcess: true,
    // The functions have a limit of their own.
    noTimeout: true,
  });
}
