import { type ReadConfig, readConfig, type Values, type Variable } from './config.ts';
import { isRecord } from './objects.ts';
import { parseJson } from './parse-json.ts';

/** The variables by which the metrics of a unit, or of a graph, are found and labelled. */
const NAMES = [
  'SELDON_DEPLOYMENT_ID',
  'PREDICTOR_ID',
  'PREDICTOR_LABELS',
  'PREDICTIVE_UNIT_ID',
  'PREDICTIVE_UNIT_IMAGE',
  'STATE_URL',
  'METRICS_URL',
] as const;

/** Where metrics are, by the variables of who counted them: those that differ. Empty: not set there. */
export type MetricsSource = { readonly [Name in (typeof NAMES)[number]]?: string };

/** The variables of the function for /metrics. A file of its own: no other function loads it. */
const ENVIRONMENT = {
  METRICS_SOURCES: {
    read(text: string) {
      const sources = text === '' ? [] : parseJson(text);
      return Array.isArray(sources) && sources.every(isSource) ? sources : undefined;
    },
    expected: `a JSON list of objects of texts, each with some of ${NAMES.join(', ')}`,
    unset: [],
  } as Variable<readonly MetricsSource[]>,
};

function isSource(value: unknown): value is MetricsSource {
  const names: readonly string[] = NAMES;
  return (
    isRecord(value) &&
    Object.entries(value).every(([name, text]) => names.includes(name) && typeof text === 'string')
  );
}

/** The names of these variables. */
export const METRICS_VARIABLES: readonly string[] = Object.keys(ENVIRONMENT);

/** Reads these variables, as `readConfig` does the others; default: of this process. */
export function readMetricsConfig(environment?: NodeJS.ProcessEnv): {
  readonly config: Values<typeof ENVIRONMENT>;
  readonly mistake: ReadConfig['mistake'];
} {
  const { config, mistake } = readConfig(environment, {}, ENVIRONMENT);
  // The values are those of the table.
  return { config: config as unknown as Values<typeof ENVIRONMENT>, mistake };
}
