import { openHost } from '../../batch/http-target.ts';
import { findModelPath } from '../../batch/open-inference/find-model-path.ts';
import type { Target } from '../../batch/target.ts';
import { UserError } from '../../bundle/user-error.ts';
import type { ClientOptions } from '../../client/options.ts';
import { pathOf } from '../../client/paths.ts';
import { readSettings, type Settings } from '../../client/settings.ts';
import { readAwsAccess } from '../../contract/sigv4.ts';
import { meantAddress } from '../meant-address.ts';
import { readHeaders } from '../option-values.ts';
import type { BatchOptions } from './options.ts';
import type { BatchSettings } from './settings.ts';

const INGRESS = 'istio-ingressgateway.istio-system.svc.cluster.local:80';
const GATEWAYS = ['istio', 'ambassador', 'seldon'];

/**
 * The host that the options name.
 *
 * @throws UserError for an address, or credentials, that are missing or wrong; for a host of several models
 *   when none is named.
 */
export async function openAddress(options: BatchOptions, settings: BatchSettings): Promise<Target> {
  const url = readUrl(options);
  if (options.path !== undefined && (options.path === '' || /[?#]/.test(options.path))) {
    throw new UserError(`--path: expected a path as /api/v1.0/predictions, got "${options.path}"`);
  }
  const host = readHost(url, readClient(options, url, settings.timeoutMs));
  const paths =
    settings.protocol === 'v2' ? v2Paths(host, options.path) : seldonPaths(host, options, settings);
  const hint = meantAddress(url);
  return openHost({ settings: host, ...(await paths), hint, maxRequests: settings.workers });
}

function readHost(url: string, client: ClientOptions): Settings {
  try {
    return readSettings(url, { ...client, retries: 0 });
  } catch (error) {
    // Our own TypeErrors say what is wrong with an option, and show no secret.
    throw error instanceof TypeError ? new UserError(error.message.replace(/^url: /, '--url: ')) : error;
  }
}

/** Where the method and the description of a model are, below the address. */
interface Paths {
  readonly path: string;
  readonly metadataPath: string;
}

function seldonPaths({ base }: Settings, options: BatchOptions, { method }: BatchSettings): Paths {
  const metadataPath = pathOf(base, 'metadata');
  if (options.path !== undefined) {
    return { path: fromRoot(options.path), metadataPath };
  }
  // Seldon's service has the paths of its ingress, and no address that tells.
  const isService = options.url === undefined && options.gatewayType === 'seldon';
  const ofService = `/api/v1.0/${method === 'predict' ? 'predictions' : 'feedback'}`;
  return { path: isService ? ofService : pathOf(base, method), metadataPath };
}

async function v2Paths(host: Settings, given: string | undefined): Promise<Paths> {
  if (given !== undefined) {
    const path = fromRoot(given);
    return { path, metadataPath: path.replace(/\/infer$/, '') };
  }
  const metadataPath = await findModelPath(host);
  return { path: `${metadataPath}/infer`, metadataPath };
}

function fromRoot(path: string): string {
  return `/${path.replace(/^\//, '')}`;
}

/** `--url`, or else the address of a SeldonDeployment behind its gateway. */
function readUrl(options: BatchOptions): string {
  const { url, deploymentName, gatewayType, namespace, host = INGRESS, transport } = options;
  if (transport !== 'rest') {
    throw new UserError(`--transport: expected rest, got "${transport}"`);
  }
  if (url !== undefined) {
    return url;
  }
  if (deploymentName === undefined) {
    throw new UserError('expected --url, --model, or the --deployment-name of a SeldonDeployment');
  }
  if (!GATEWAYS.includes(gatewayType)) {
    throw new UserError(`--gateway-type: expected one of ${GATEWAYS.join(', ')}, got "${gatewayType}"`);
  }
  const scheme = isTrue(options.useSsl) || options.callCredentialsToken ? 'https' : 'http';
  const path = gatewayType === 'seldon' ? '' : `/seldon/${namespace}/${deploymentName}`;
  return `${scheme}://${host}${path}`;
}

/** A variable has a text. */
function isTrue(value: boolean | string): boolean {
  return typeof value === 'boolean' ? value : /^(1|true|t|yes|y|on)$/i.test(value);
}

function readClient(options: BatchOptions, url: string, timeoutMs: number): ClientOptions {
  const { callCredentialsToken: token, sigv4 } = options;
  return {
    timeoutMs,
    headers: readHeaders(options.header),
    ...(token ? { token, tokenHeader: 'x-auth-token' } : {}),
    ...(sigv4 && { sigv4: readAwsAccess(url, process.env) }),
  };
}
