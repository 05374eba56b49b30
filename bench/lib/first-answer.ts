import { once } from 'node:events';
import { HAS_RIC, lambdaEnvironment, spawnRuntime } from '../../test/support/lambda-instance.ts';
import { openRuntimeApi } from '../../test/support/runtime-api.ts';

/** The program that asks for events and posts answers. */
export const CLIENT_NAME = HAS_RIC
  ? 'aws-lambda-ric'
  : 'a plain runtime loop, aws-lambda-ric not being installed in .tools';

/** A module to start as a function. */
export interface Start {
  /** The node to start it with. */
  readonly node: string;
  readonly folder: string;
  /** The module with the `handler`, from `folder` and without its ending. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts an instance as Lambda does, with one event that waits for it.
 *
 * @returns milliseconds from the start of the process to the answer.
 */
export async function timeFirstAnswer(
  { node, folder, entry, environment }: Start,
  event: unknown,
): Promise<number> {
  const api = await openRuntimeApi();
  const answered = api.invoke(event);
  const start = performance.now();
  const instance = spawnRuntime(
    folder,
    {
      ...lambdaEnvironment(folder, 'predict'),
      _HANDLER: `${entry}.handler`,
      AWS_LAMBDA_RUNTIME_API: api.address,
      ...environment,
    },
    node,
  );
  for (const stream of [instance.stdout, instance.stderr]) {
    stream.resume();
  }
  const closed = once(instance, 'close').then(([code]) =>
    api.fail({ errorType: 'Runtime.ExitError', errorMessage: `the runtime ended with ${code}` }),
  );
  try {
    const outcome = await answered;
    const ms = performance.now() - start;
    if ('error' in outcome) {
      throw new Error(`${entry}: ${outcome.error.errorMessage}`);
    }
    const { statusCode, body } = outcome.result as { readonly statusCode: number; readonly body: string };
    if (statusCode !== 200) {
      throw new Error(`${entry} answered ${statusCode}: ${body}`);
    }
    return ms;
  } finally {
    instance.kill('SIGKILL');
    await closed;
    api.close();
  }
}
