const HOST = /\.(execute-api|lambda-url)\.([a-z\d-]+)\.(?:amazonaws|on)\./;

/**
 * The service and the region in the name of an AWS host. For any other host, as that of a domain of your own:
 * API Gateway, in a region that is not known.
 */
export function scopeOf(hostname: string): { readonly service: string; readonly region: string | undefined } {
  const [, service, region] = HOST.exec(hostname) ?? [];
  return { service: service === 'lambda-url' ? 'lambda' : 'execute-api', region };
}
