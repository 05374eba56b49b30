import { openHost } from '../../batch/http-target.ts';
import type { Target } from '../../batch/target.ts';
import { UserError } from '../../bundle/user-error.ts';
import type { ClientOptions } from '../../client/options.ts';
import { readAwsAccess } from '../../contract/sigv4.ts';
import { readHeaders } from '../option-values.ts';
import type { BatchOptions, BatchSettings } from './settings.ts';

const INGRESS = 'istio-ingressgateway.istio-system.svc.cluster.local:80';
const GATEWAYS = ['istio', 'ambassador', 'seldon'];

/**
 * The host that the options name.
 *
 * @throws UserError for an address, or credentials, that are missing or wrong.
 */
export function openAddress(options: BatchOptions, settings: BatchSettings): Target {
  const url = readUrl(options);
  if (options.path !== undefined && (options.path === '' || /[?#]/.test(options.path))) {
    throw new UserError(`--path: expected a path as /api/v1.0/predictions, got "${options.path}"`);
  }
  const { method, workers: maxRequests, timeoutMs } = settings;
  // Seldon's service has the paths of its ingress, and no address that tells.
  const isService = options.url === undefined && options.gatewayType === 'seldon';
  const ofService = `/api/v1.0/${method === 'predict' ? 'predictions' : 'feedback'}`;
  const path = options.path ?? (isService ? ofService : undefined);
  try {
    return openHost({ url, path, method, client: readClient(options, url, timeoutMs), maxRequests });
  } catch (error) {
    // Our own TypeErrors say what is wrong with an option, and show no secret.
    throw error instanceof TypeError ? new UserError(error.message) : error;
  }
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
