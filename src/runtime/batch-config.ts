import { type ReadConfig, readConfig, type Values, type Variable } from './config.ts';

/** The methods that records can be given to, by the names of their endpoints. */
const METHODS = ['predict', 'transform-input', 'transform-output', 'send-feedback'] as const;

/** The variables of the function for many records. A file of its own: no other function loads it. */
const ENVIRONMENT = {
  BATCH_OUTPUT_URL: {
    read: (text: string) => text,
    expected: 'a text',
    unset: undefined,
  } as Variable<string | undefined>,
  BATCH_METHOD: {
    read: (text: string) => METHODS.find((method) => method === text),
    expected: `one of ${METHODS.join(', ')}`,
    unset: 'predict',
  } as Variable<(typeof METHODS)[number]>,
};

/** The values of these variables, checked and typed. */
export type BatchConfig = Values<typeof ENVIRONMENT>;

/** The names of these variables. */
export const BATCH_VARIABLES: readonly string[] = Object.keys(ENVIRONMENT);

/** Reads these variables, as `readConfig` does the others; default: of this process. */
export function readBatchConfig(environment?: NodeJS.ProcessEnv): {
  readonly config: BatchConfig;
  readonly mistake: ReadConfig['mistake'];
} {
  const { config, mistake } = readConfig(environment, {}, ENVIRONMENT);
  // The values are those of the table.
  return { config: config as unknown as BatchConfig, mistake };
}
