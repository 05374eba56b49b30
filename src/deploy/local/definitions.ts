import { join } from 'node:path';
import type { Serverless } from '../serverless-types.ts';
import type { LocalFunction } from './instance.ts';

/** The defaults of serverless, in seconds and in MB. */
const DEFAULTS = { timeout: 6, memorySize: 1024 };

/**
 * The functions of serverless.yml by name, with the environment that they have: that of this process, then
 * what Lambda sets, then what serverless.yml sets.
 *
 * @param folder - the bundle, absolute. @param hasLimit - false: no call runs out of time.
 */
export function toDefinitions(
  { service }: Serverless,
  folder: string,
  hasLimit: boolean,
): Record<string, LocalFunction> {
  const { provider } = service;
  return Object.fromEntries(
    Object.entries(service.functions).map(([key, definition]) => {
      const [file = '', exportName = 'handler'] = definition.handler.split(/\.(?=\w+$)/);
      const { timeout, memorySize } = { ...DEFAULTS, ...defined(provider), ...defined(definition) };
      const local: LocalFunction = {
        name: definition.name,
        module: join(folder, `${file}.mjs`),
        exportName,
        timeoutMs: hasLimit ? Number(timeout) * 1000 : Number.POSITIVE_INFINITY,
        memorySize: Number(memorySize),
        environment: textsOf({
          ...process.env,
          ...{ IS_OFFLINE: true, LAMBDA_TASK_ROOT: folder, _HANDLER: definition.handler },
          ...{ AWS_REGION: provider.region, AWS_DEFAULT_REGION: provider.region },
          AWS_LAMBDA_FUNCTION_NAME: definition.name,
          AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memorySize,
          AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
          AWS_LAMBDA_LOG_STREAM_NAME: 'local',
          ...provider.environment,
          ...definition.environment,
        }),
      };
      return [key, local];
    }),
  );
}

interface Limits {
  readonly timeout?: number | string | undefined;
  readonly memorySize?: number | string | undefined;
}

function defined({ timeout, memorySize }: Limits): Limits {
  return { ...(timeout !== undefined && { timeout }), ...(memorySize !== undefined && { memorySize }) };
}

/** Leaves out what is not a text, a number or a boolean, as a reference to another resource of the stack. */
function textsOf(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  const known = Object.entries(variables).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(known.map(([name, value]) => [name, `${value}`]));
}
