import type { Config } from '../config.ts';
import { NO_IMAGE, parseImage, UNSET } from '../container-image.ts';
import { isRecord } from '../objects.ts';
import type { UnitSettings } from './settings.ts';

/** The labels of every metric of a unit, as in the reference; `NOT_IMPLEMENTED` for a value that is not set. */
export function unitLabels(
  { id, image }: Pick<UnitSettings, 'id' | 'image'>,
  config: Config,
): Readonly<Record<string, string>> {
  const { name, version } = parseImage(image ?? NO_IMAGE);
  const deployment = config.SELDON_DEPLOYMENT_ID ?? UNSET;
  return {
    deployment_name: deployment,
    model_name: id ?? UNSET,
    model_image: name,
    model_version: version,
    predictor_name: config.PREDICTOR_ID ?? UNSET,
    predictor_version: versionLabel(config.PREDICTOR_LABELS),
    // Their names before Seldon Core 1.3.
    seldon_deployment_name: deployment,
    image_name: name,
    image_version: version,
  };
}

/** The unit's entry of an answer's `requestPath`: its id and image; none without an id. */
export function unitPath({ id, image }: UnitSettings): Readonly<Record<string, string>> {
  return id === undefined || id === UNSET ? {} : { [id]: image ?? NO_IMAGE };
}

/** `version` in the JSON of PREDICTOR_LABELS. If that text cannot be read, /metadata says so. */
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
