import { ROOT } from '../../root.ts';
import type { Config } from '../config.ts';
import type { FoundClass } from './find-class.ts';

/** The settings of a predictive unit. */
export interface UnitSettings {
  /** PREDICTIVE_UNIT_ID: its name in the inference graph; undefined when it is not set. */
  readonly id: string | undefined;
  /** The predictor that it belongs to; default: the one that the environment describes. */
  readonly predictor?: PredictorSettings;
  /** PREDICTIVE_UNIT_IMAGE: the container image that would hold it on Kubernetes. */
  readonly image: string | undefined;
  /** MODEL_NAME: `MyModel`, or `file.ExportName`; undefined: the only model in the folder. */
  readonly modelName: string | undefined;
  /** The model's class, where it is there already; then `modelName` is not used. */
  readonly found?: FoundClass;
  /** The folder of the model's class; an absolute path. */
  readonly modelFolder: string;
  /**
   * MODEL_URI: the place that the model's files are fetched from; undefined: they are in the folder of its
   * class.
   */
  readonly modelUri: string | undefined;
  /** PREDICTIVE_UNIT_PARAMETERS: the JSON text of a list of `{name, value, type}`. */
  readonly parameters: string;
  /** MODEL_METADATA: JSON or YAML. */
  readonly metadata: string;
  /** STATE_URL: the store that keeps its state; undefined: the state is lost when the instance ends. */
  readonly stateUrl: string | undefined;
}

/** The settings of a predictor, which has units of its own. */
export interface PredictorSettings {
  /** PREDICTOR_ID. */
  readonly id: string;
  /** PREDICTOR_LABELS: a JSON object. */
  readonly labels: string;
}

/** Reads the settings of the unit that the environment describes. */
export function readUnitSettings(config: Config): UnitSettings {
  return {
    id: config.PREDICTIVE_UNIT_ID,
    image: config.PREDICTIVE_UNIT_IMAGE,
    modelName: config.MODEL_NAME,
    modelFolder: config.MODEL_DIR ?? `${ROOT}/models`,
    modelUri: config.MODEL_URI || undefined,
    parameters: config.PREDICTIVE_UNIT_PARAMETERS,
    metadata: config.MODEL_METADATA,
    stateUrl: config.STATE_URL || undefined,
  };
}
