/**
 * The inference graph of a deployment, as `graph.json` in the zip has it: plain data, checked when it was
 * packaged. Nothing of it is checked again in a function.
 */
export interface GraphPlan {
  /** `metadata.name`: SELDON_DEPLOYMENT_ID of all predictors. */
  readonly deployment: string;
  /** The protocol of its requests and of the calls of its units; default: Seldon's. */
  readonly protocol?: GraphProtocol | undefined;
  /** At least one; a request goes to one of them by `traffic`. */
  readonly predictors: readonly PredictorPlan[];
}

/** The protocols that graphs have, by their names in `protocols/`. */
export type GraphProtocol = 'seldon' | 'open-inference' | 'tensorflow';

/** A graph of units, one version of a deployment. */
export interface PredictorPlan {
  /** Its name: PREDICTOR_ID. */
  readonly name: string;
  /** PREDICTOR_LABELS; `version` is that of the annotations, else that of the labels, else the name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its share of the requests, in percent. Of a shadow: how many of them it gets a copy of. */
  readonly traffic: number;
  /** Whether it gets copies of requests, and its answers are dropped. */
  readonly isShadow: boolean;
  /**
   * `seldon.io/rest-timeout`: the longest time of one call of a unit, in milliseconds; undefined: no limit.
   */
  readonly restTimeoutMs?: number | undefined;
  /** Whether `meta.routing` of an answer says which children were called. */
  readonly isRoutingInjected: boolean;
  readonly root: NodePlan;
  /** By name. A unit may stand at several nodes. */
  readonly units: Readonly<Record<string, UnitPlan>>;
}

/** A place in the tree, and the calls that are made there, in this order. */
export interface NodePlan {
  /** The name of its unit. */
  readonly unit: string;
  /** The unit's type, which decides whose inputs and outputs are the graph's. */
  readonly type: UnitType;
  /** The first call; undefined: none. */
  readonly input?: 'predict' | 'transformInput' | undefined;
  /** Whether `route` chooses the children; otherwise all are called. */
  readonly routes: boolean;
  /** Whether `aggregate` combines the answers of the children; otherwise that of the first is taken. */
  readonly aggregates: boolean;
  /** The children, by place, without whose answers it combines those of the others; undefined: none. */
  readonly optional?: readonly number[] | undefined;
  /** Whether `transformOutput` is the last call. */
  readonly transformsOutput: boolean;
  /** Whether the unit gets feedback. */
  readonly getsFeedback: boolean;
  /** How many of the children get the message at once: one, before the next one; default: all. */
  readonly atOnce?: 1 | undefined;
  readonly children: readonly NodePlan[];
}

/** The types of units. */
export const UNIT_TYPES = [
  'MODEL',
  'ROUTER',
  'COMBINER',
  'TRANSFORMER',
  'OUTPUT_TRANSFORMER',
  'UNKNOWN_TYPE',
] as const;

/** The type of a unit. */
export type UnitType = (typeof UNIT_TYPES)[number];

/** A unit of a graph: where it runs, and with which settings. */
export interface UnitPlan {
  /**
   * Where it runs: `model:Iris` or `model:iris.IrisClassifier`, a class in the same process;
   * `implementation:RANDOM_ABTEST`, code of this package; `lambda:<function>`, `lambda:<function>:<alias>`,
   * an ARN, or `lambda:iris-prod-*` with a function for each endpoint; or an `http(s)://` URL.
   */
  readonly target: string;
  /**
   * The path of all calls of a unit elsewhere, below the target; default: that of the protocol. An empty one
   * means the target itself, which then answers nothing but these calls.
   */
  readonly path?: string | undefined;
  /** PREDICTIVE_UNIT_IMAGE: the image of its container. */
  readonly image?: string | undefined;
  /** MODEL_URI. */
  readonly modelUri?: string | undefined;
  /**
   * PREDICTIVE_UNIT_PARAMETERS: the JSON text of a list of `{name, value, type}`; of a node of KServe's, of
   * its steps.
   */
  readonly parameters: string;
  /** MODEL_METADATA: JSON or YAML. */
  readonly metadata: string;
  /** Which of its payloads are logged; undefined: none. */
  readonly logger?: LoggerPlan | undefined;
}

/** Logs the payloads of a unit. */
export interface LoggerPlan {
  readonly mode: 'request' | 'response' | 'all';
  /** Default: PAYLOAD_LOG_URL. */
  readonly url?: string | undefined;
}
