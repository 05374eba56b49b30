import type { Config } from '../../config.ts';
import { NO_IMAGE, parseImage } from '../../container-image.ts';
import { isRecord } from '../../objects.ts';

/** What a label reads of which the environment says nothing. */
export const UNSET = 'NOT_IMPLEMENTED';

/**
 * The labels that every series of this deployment has, as in the reference; `NOT_IMPLEMENTED` for what is not
 * set.
 */
export function metricLabels(config: Config): Readonly<Record<string, string>> {
  const { name, version } = parseImage(config.PREDICTIVE_UNIT_IMAGE ?? NO_IMAGE);
  const deployment = config.SELDON_DEPLOYMENT_ID ?? UNSET;
  return {
    deployment_name: deployment,
    model_name: config.PREDICTIVE_UNIT_ID ?? UNSET,
    model_image: name,
    model_version: version,
    predictor_name: config.PREDICTOR_ID ?? UNSET,
    predictor_version: versionLabel(config.PREDICTOR_LABELS),
    // Their names before version 1.3.
    seldon_deployment_name: deployment,
    image_name: name,
    image_version: version,
  };
}

/** `version` in the JSON of PREDICTOR_LABELS; what is wrong with that text, /metadata says. */
function versionLabel(text: string): string {
  // Not left to the catch: an error that is thrown takes 0.1 ms of a cold start.
  if (text === '') {
    return UNSET;
  }
  try {
    const labels: unknown = JSON.parse(text);
    if (isRecord(labels) && typeof labels.version === 'string') {
      return labels.version;
    }
  } catch {
    // As if it were not set.
  }
  return UNSET;
}
