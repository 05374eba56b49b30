import { protocols } from '../runtime/protocols/index.ts';
import { type EndpointName, type HttpMethod, ROUTES } from '../runtime/routes.ts';
import type { OfflineOptions, Serverless } from './serverless-types.ts';

/** Prints the URL of every endpoint with its methods and its function, and a request to try. */
export async function showEndpoints(serverless: Serverless, given: Partial<OfflineOptions>): Promise<void> {
  const { service } = serverless;
  const { host, httpPort } = { ...service.custom['serverless-offline'], ...given };
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${httpPort}`;
  const methods = methodsByPath(service.provider.environment.PREDICTIVE_UNIT_METRICS_ENDPOINT);
  const rows = Object.entries(service.functions).flatMap(([name, { events }]) => {
    const paths = events.flatMap(({ httpApi }) => httpApi.split(' ').slice(1, 2)).filter(Boolean);
    return paths.map((path) => [methods.get(path)?.join(',') ?? 'any', path, name] as const);
  });
  const width = Math.max(...rows.map(([, path]) => path.length));
  const lines = rows.map(([methods, path, name]) => `  ${methods.padEnd(9)} ${path.padEnd(width)}  ${name}`);
  const example = await exampleCall(url);
  console.log(
    [
      `${service.provider.environment.MODEL_NAME} at ${url}`,
      ...lines,
      '',
      `try it: ${url}/docs`,
      example,
    ].join('\n'),
  );
}

/** The methods of every path, in all protocols. `metricsPath`: PREDICTIVE_UNIT_METRICS_ENDPOINT. */
function methodsByPath(metricsPath: string | null | undefined): ReadonlyMap<string, readonly HttpMethod[]> {
  // The keys of the table are the endpoints' names.
  const names = Object.keys(ROUTES) as EndpointName[];
  const routes = names.flatMap((name) => Object.entries(protocols.routesOf(name)));
  return new Map([...routes, [metricsPath ?? '/prometheus', ['GET']]]);
}

interface Metadata {
  readonly inputs?: readonly { readonly schema?: { readonly names?: string[]; readonly shape?: number[] } }[];
}

/** A curl line that calls /predict with as many numbers as the model's metadata says. */
async function exampleCall(url: string): Promise<string> {
  const metadata = (await fetch(`${url}/metadata`).then((response) => response.json())) as Metadata;
  const schema = metadata.inputs?.[0]?.schema;
  const columns = schema?.names?.length ?? schema?.shape?.at(-1) ?? 4;
  const row = Array.from({ length: columns }, (_, index) => index + 1);
  return `curl ${url}/predict -H 'content-type: application/json' -d '{"data": {"ndarray": [[${row}]]}}'`;
}
