import parsePrometheusText from 'parse-prometheus-text-format';

/** Families of a Prometheus text by name; each sample by its name and labels. */
export type Families = Record<string, { type: string; samples: Record<string, number> }>;

/** Labels that the reference gives every sample where the environment says nothing. */
export const UNSET: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'deployment_name',
    'model_name',
    'model_image',
    'model_version',
    'predictor_name',
    'predictor_version',
    'seldon_deployment_name',
    'image_name',
    'image_version',
  ].map((name) => [name, 'NOT_IMPLEMENTED']),
);

/** A sample's key in {@link Families}. */
export function sampleKey(name: string, labels: Readonly<Record<string, string>>): string {
  // The label that tells the reference's worker processes apart; functions have it on demand only.
  const { worker_id: _, ...others } = labels;
  return `${name} ${JSON.stringify(Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

/**
 * Reads the families of a Prometheus text.
 *
 * @throws Error when it is not valid, or has a family or a sample twice.
 */
export function readFamilies(text: string): Families {
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({ name, type }));
  if (new Set(types.map(({ name }) => name)).size !== types.length) {
    throw new Error(`a family is there twice`);
  }
  const families: Families = {};
  for (const { name, type } of types) {
    families[name as string] = { type: type as string, samples: {} };
  }
  // The parser drops the labels of histograms: their samples go through it as what has no type.
  for (const { name, metrics } of parsePrometheusText(text.replace(/^# TYPE .*\n/gm, ''))) {
    const family = families[name] ?? families[name.replace(/_(bucket|count|sum)$/, '')];
    if (family === undefined) {
      throw new Error(`${name} has no type`);
    }
    for (const { labels = {}, value } of metrics) {
      const key = sampleKey(name, labels);
      if (key in family.samples) {
        throw new Error(`${key} is there twice`);
      }
      family.samples[key] = toNumber(value);
    }
  }
  return families;
}

/** Reads the reference's text, which has no help, and families more than once (B07). */
export function readRecorded(text: string): Families {
  const families: Families = {};
  for (const block of text.split(/^(?=# HELP)/m)) {
    const [[name, family] = []] = Object.entries(readFamilies(block.replace(/^# HELP.*\n/gm, '')));
    if (name === undefined || family === undefined) {
      continue;
    }
    families[name] = { type: family.type, samples: { ...families[name]?.samples, ...family.samples } };
  }
  return families;
}

/** Those of the model; the reference leaves counting calls to its orchestrator. */
export function ofModel(families: Families): Families {
  return Object.fromEntries(
    Object.entries(families).filter(([name]) => !/^seldon_(lambda|api_executor)_/.test(name)),
  );
}

function toNumber(text: string): number {
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
}
