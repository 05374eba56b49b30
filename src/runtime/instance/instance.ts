import { type Config, readConfig } from '../config.ts';
import type { SeldonError } from '../errors.ts';
import { createLog, type Log } from '../log.ts';
import { createOnce, type Once } from '../once.ts';
import { toSettings } from '../stores/settings.ts';
import type { Store } from '../stores/store.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics/metrics.ts';
import type { PayloadLog } from '../telemetry/payload-log/payload-log.ts';
import { createTrace, type Trace } from '../telemetry/trace.ts';
import { readUnitSettings, type UnitSettings } from '../unit/settings.ts';
import { createUnit, type Unit, type UnitHost } from '../unit/unit.ts';

/** All that lives as long as an instance of a function. */
export interface Instance extends UnitHost {
  readonly config: Config;
  /** Why the configuration cannot be used; then every call is answered with it. */
  readonly mistake: SeldonError | undefined;
  readonly log: Log;
  readonly trace: Trace;
  readonly metrics: Metrics;
  /** Opens where payloads are logged; only for use with PAYLOAD_LOG_URL. */
  payloadLog(): Promise<PayloadLog>;
  /**
   * The unit with this id; without one, the first.
   *
   * @throws Error when there is none with this id.
   */
  unit(id?: string): Unit;
}

/** Options of an instance. */
export interface InstanceOptions {
  /** Default: the process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /**
   * Its units; a setting that is left out is the environment's. Default: the one that the environment describes. The first
   * one's metrics have the instance's own labels.
   */
  readonly units?: readonly Partial<UnitSettings>[];
}

/**
 * Makes an instance. Nothing is loaded or opened yet.
 *
 * @throws Error when two units have the same id.
 */
export function createInstance({ environment, units = [{}] }: InstanceOptions = {}): Instance {
  const { config, mistake } = readConfig(environment);
  const log = createLog(config.SELDON_LOG_LEVEL ?? config.AWS_LAMBDA_LOG_LEVEL ?? 'info');
  const base = { config, log, trace: createTrace(), openStore: storeOpener(config) };
  const host: UnitHost = { ...base, fetchModelFiles: modelFetcher(base) };
  const own = readUnitSettings(config);
  const made = units.map((settings) => createUnit({ ...own, ...settings }, host));
  const byId = new Map(made.map((unit) => [unit.settings.id, unit]));
  const [first] = made;
  if (first === undefined || byId.size < made.length) {
    const ids = made.map(({ settings }) => settings.id).join(', ');
    throw new Error(`expected one unit or more, each with an id of its own, got: ${ids || 'none'}`);
  }
  if (mistake !== undefined) {
    log.error('the configuration cannot be used', { info: mistake.info });
  }
  const payloads = createOnce<PayloadLog>();
  return {
    ...host,
    mistake,
    metrics: createMetrics(base, first.labels),
    // Its code is loaded only where it is used.
    payloadLog: () =>
      payloads(async () => (await import('../telemetry/payload-log/payload-log.ts')).createPayloadLog(base)),
    unit(id) {
      const unit = id === undefined ? first : byId.get(id);
      if (unit === undefined) {
        throw new Error(`there is no unit ${id}; expected one of ${[...byId.keys()].join(', ')}`);
      }
      return unit;
    },
  };
}

let current: Instance | undefined;

/**
 * The instance of this process, made at its first use: functions that name none share it, with its model, state and metrics. It
 * is the only variable of a module that is ever set anew.
 */
export function thisInstance(): Instance {
  current ??= createInstance();
  return current;
}

/** Opens stores, one for each URL: mostly the state's and the metrics' are the same, and each would make a connection of its own. */
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

/** Fetches models' files; who asks while they are fetched waits for the same attempt. */
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
