// @ts-check
// The handler that serverless-offline calls for a direct invocation, whatever the function is. It hands the
// event to the functions of this process, which dev-server.ts has put under this symbol.

/**
 * @param {unknown} event
 * @param {{ functionName: string, clientContext?: unknown }} context
 */
export async function handler(event, { functionName, clientContext }) {
  /** @type {import('./direct-invocation.ts').Invoke} */
  const invoke = Reflect.get(globalThis, Symbol.for('seldon-lambda.invoke'));
  const outcome = await invoke(functionName, JSON.stringify(event), clientContext);
  if ('result' in outcome) {
    return JSON.parse(outcome.result);
  }
  const { errorType, errorMessage, trace } = outcome.error;
  throw Object.assign(new Error(errorMessage), { name: errorType, stack: trace });
}
