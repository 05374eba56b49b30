import { type Config, readConfig } from '../config.ts';
import type { SeldonError } from '../errors.ts';
import { createLog, type Log } from '../log.ts';
import { createOnce, type Once } from '../once.ts';
import { toSettings } from '../stores/settings.ts';
import type { Store } from '../stores/store.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics/metrics.ts';
import type { PayloadLog } from '../telemetry/payload-log/payload-log.ts';
import { createTrace, type Trace } from '../telemetry/trace.ts';
import { type PredictorSettings, readUnitSettings, type UnitSettings } from '../unit/settings.ts';
import { createUnit, type Unit, type UnitHost } from '../unit/unit.ts';

/** Objects that live as long as one instance of a function. */
export interface Instance extends UnitHost {
  readonly config: Config;
  /**
   * An error in the configuration, which is the answer to every call; undefined when the configuration is
   * valid.
   */
  readonly mistake: SeldonError | undefined;
  readonly log: Log;
  readonly trace: Trace;
  readonly metrics: Metrics;
  /** Opens the payload log. Call it only when PAYLOAD_LOG_URL is set. */
  payloadLog(): Promise<PayloadLog>;
  /**
   * Finds the unit with this id, and of this predictor if it has one; without an id, the first unit.
   *
   * @throws Error when no unit has this id.
   */
  unit(id?: string, predictor?: PredictorSettings): Unit;
}

/** Options of an instance. */
export interface InstanceOptions {
  /** The environment variables; default: those of the process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Environment variables that it may lack; default: none. */
  readonly defaults?: NodeJS.ProcessEnv;
  /**
   * Settings of the instance's units. A setting that is left out comes from the environment. Default: the one
   * unit that the environment describes.
   */
  readonly units?: readonly Partial<UnitSettings>[];
  /** Makes the labels of the instance's metrics; default: those of the first unit. */
  labels?(config: Config): Readonly<Record<string, string>>;
}

/**
 * Makes an instance. Nothing is loaded or opened yet.
 *
 * @throws Error when `units` is empty, or when two units have the same id.
 */
export function createInstance({
  environment,
  defaults,
  units = [{}],
  labels,
}: InstanceOptions = {}): Instance {
  const { config, mistake } = readConfig(environment, defaults);
  const log = createLog(config.SELDON_LOG_LEVEL ?? config.AWS_LAMBDA_LOG_LEVEL ?? 'info');
  const base = { config, log, trace: createTrace(), openStore: storeOpener(config) };
  const host: UnitHost = { ...base, fetchModelFiles: modelFetcher(base) };
  const own = readUnitSettings(config);
  const made = units.map((settings) => createUnit({ ...own, ...settings }, host));
  const byId = new Map(made.map((unit) => [keyOf(unit.settings), unit]));
  const [first] = made;
  if (first === undefined || byId.size < made.length) {
    const ids = made.map(({ settings }) => keyOf(settings)).join(', ');
    throw new Error(`expected at least one unit, each with its own id, got: ${ids || 'none'}`);
  }
  if (mistake !== undefined) {
    log.error('the configuration cannot be used', { info: mistake.cause });
  }
  const payloads = createOnce<PayloadLog>();
  return {
    ...host,
    mistake,
    metrics: createMetrics(base, labels?.(config) ?? first.labels),
    // Imported here, so that its code is loaded only when it is used.
    payloadLog: () =>
      payloads(async () => (await import('../telemetry/payload-log/payload-log.ts')).createPayloadLog(base)),
    unit(id, predictor) {
      const unit = id === undefined ? first : byId.get(keyOf({ id, predictor }));
      if (unit === undefined) {
        throw new Error(`unit ${id} does not exist; expected one of ${[...byId.keys()].join(', ')}`);
      }
      return unit;
    },
  };
}

/** Units of several predictors may have the same id. Without an id it is 0, as in the reference. */
function keyOf({
  id,
  predictor,
}: Pick<UnitSettings, 'id'> & { predictor?: PredictorSettings | undefined }): string {
  return predictor === undefined ? id || '0' : `${id || '0'} of ${predictor.id}`;
}

let current: Instance | undefined;

/**
 * The instance of this process, made at its first use. Functions that do not name an instance share it, with
 * its model, state and metrics.
 *
 * No other module variable holds anything that belongs to an instance.
 */
export function thisInstance(): Instance {
  current ??= createInstance();
  return current;
}

/**
 * Opens one store for each URL. State and metrics mostly have the same URL; with a store each, they would
 * make two connections.
 */
function storeOpener(config: Config): (url: string, variable?: string) => Promise<Store> {
  const stores = new Map<string, Once<Store>>();
  return (url, variable) => {
    const open = stores.get(url) ?? createOnce<Store>();
    stores.set(url, open);
    return open(async () => {
      const { openStore } = await import('../unit/first.chunk.ts');
      return openStore(url, toSettings(config), variable);
    });
  };
}

/** Fetches the files of models. Calls that come during a fetch of the same URI wait for that fetch. */
function modelFetcher({ config, log }: { config: Config; log: Log }): (uri: string) => Promise<string> {
  const running = new Map<string, Promise<string>>();
  return (uri) => {
    const fetching = running.get(uri) ?? fetchOnce(uri).finally(() => running.delete(uri));
    running.set(uri, fetching);
    return fetching;
  };

  async function fetchOnce(uri: string): Promise<string> {
    const { fetchModelFiles } = await import('../unit/files/fetch.ts');
    return fetchModelFiles(uri, toSettings(config), log);
  }
}
