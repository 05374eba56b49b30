import { scopeOf } from './aws-host.ts';
import { type HeaderMap, readHeaders } from './headers.ts';
import type { ClientOptions, Sigv4Options } from './options.ts';
import { type Signed, signatureOf } from './sigv4.ts';

/** The credentials of one request. */
export interface Authorization {
  readonly headers: HeaderMap;
  /** Texts that no message may show. */
  readonly secrets: readonly string[];
}

/** Gives the credentials of a request. */
export type Authorize = (request: Signed) => Promise<Authorization>;

/**
 * Reads how requests are authorized.
 *
 * @throws TypeError for options that are missing or contradict each other.
 */
export function readAuthorize({ hostname }: URL, options: ClientOptions): Authorize {
  refuseTwo(options);
  const { sigv4, apiKey, token, tokenHeader } = options;
  const all = [
    ...(apiKey === undefined ? [] : [byKey(apiKey)]),
    ...(token === undefined ? [] : [byToken(token, tokenHeader)]),
    ...(sigv4 === undefined ? [] : [bySignature(sigv4, hostname)]),
  ];
  return async (request) => {
    const given = await Promise.all(all.map((each) => each(request)));
    return {
      headers: Object.assign({}, ...given.map(({ headers }) => headers)),
      secrets: given.flatMap(({ secrets }) => secrets),
    };
  };
}

const AUTHORIZATION = 'authorization';

/** More than one of these would be the same header. */
function refuseTwo({ sigv4, token, tokenHeader = AUTHORIZATION, headers }: ClientOptions): void {
  const found = [
    ...(sigv4 ? ['sigv4'] : []),
    ...(token !== undefined && tokenHeader.toLowerCase() === AUTHORIZATION ? ['token'] : []),
    ...(AUTHORIZATION in readHeaders(headers) ? ['headers'] : []),
  ];
  if (found.length > 1) {
    throw new TypeError(
      `${found.join(' and ')}: expected one of them, because each is the header Authorization`,
    );
  }
}

function byKey(apiKey: string): Authorize {
  const headers = readHeaders({ 'x-api-key': apiKey });
  return async () => ({ headers, secrets: [apiKey] });
}

function byToken(token: NonNullable<ClientOptions['token']>, header = AUTHORIZATION): Authorize {
  const scheme = header.toLowerCase() === AUTHORIZATION ? 'Bearer ' : '';
  return async () => {
    const text = String(typeof token === 'function' ? await token() : token).replace(/^Bearer /i, '');
    return { headers: readHeaders({ [header]: scheme + text }), secrets: [text] };
  };
}

function bySignature({ credentials, region, service }: Sigv4Options, hostname: string): Authorize {
  const ofHost = scopeOf(hostname);
  const scope = { service: service ?? ofHost.service, region: region ?? ofHost.region ?? '' };
  if (!credentials) {
    throw new TypeError('sigv4.credentials: expected keys of AWS, or a function that gives them');
  }
  if (scope.region === '') {
    throw new TypeError('sigv4.region: expected a region, because the name of the host has none in it');
  }
  // The types do not say that it may be missing.
  if (!crypto.subtle) {
    throw new TypeError('sigv4: this page cannot sign, because its address does not begin with https:');
  }
  return async (request) => {
    const keys = typeof credentials === 'function' ? await credentials() : credentials;
    const { secretAccessKey, sessionToken = '' } = keys;
    return { headers: await signatureOf(request, keys, scope), secrets: [secretAccessKey, sessionToken] };
  };
}
