import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openRuntimeApi } from '../test/support/runtime-api.ts';

const RIC = fileURLToPath(new URL('../.tools/node_modules/aws-lambda-ric/index.mjs', import.meta.url));
const LOOP = fileURLToPath(new URL('../test/support/runtime-loop.mjs', import.meta.url));
const CLIENT = existsSync(RIC) ? RIC : LOOP;
/** What asks for events and posts answers. */
export const CLIENT_NAME =
  CLIENT === RIC ? 'aws-lambda-ric' : 'a plain runtime loop, aws-lambda-ric not being installed in .tools';
// Lambda switches both off.
const NODE_OPTIONS = ['--no-experimental-require-module', '--no-experimental-detect-module'];

/**
 * Starts an instance as Lambda does and sends it one event, which waits for it.
 *
 * @param entry - the module with the `handler`, from `folder` and without its ending.
 * @returns milliseconds from the start of the process to the answer.
 */
export async function timeFirstAnswer(
  node: string,
  folder: string,
  entry: string,
  event: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const api = await openRuntimeApi();
  const answered = api.invoke(event);
  const start = performance.now();
  const instance = spawn(node, [...NODE_OPTIONS, CLIENT], {
    cwd: folder,
    // Pipes, as Lambda has them: the first line of a log costs less to a file.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      _HANDLER: `${entry}.handler`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
      AWS_LAMBDA_FUNCTION_NAME: 'predict',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/predict',
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/03/10/[$LATEST]0123456789abcdef0123456789abcdef',
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAMBDA_TASK_ROOT: folder,
      TZ: ':UTC',
      ...environment,
    },
  });
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
