import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OfflineOptions, Serverless } from './serverless-types.ts';

/** Prints the URL of every endpoint with its methods and its function, and a request to try. */
export async function showEndpoints(serverless: Serverless, given: Partial<OfflineOptions>): Promise<void> {
  const { serviceDir, service } = serverless;
  const { host, httpPort, location } = { ...service.custom['serverless-offline'], ...given };
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${httpPort}`;
  const rows = Object.entries(service.functions).flatMap(([name, { events }]) => {
    const methods = methodsByPath(join(serviceDir, location, 'handlers', `${name}.mjs`));
    const paths = events.flatMap(({ httpApi }) => httpApi.split(' ')[1] || []);
    return paths.map((path) => [methods[path] ?? 'any', path, name] as const);
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

/** The methods of each path, read from the text of the bundled handler: importing it would run it. */
function methodsByPath(handler: string): Record<string, string> {
  const routes = readFileSync(handler, 'utf8').matchAll(/["'](\/[^"'\s]*)["']: \[([^\]]*)\]/g);
  return Object.fromEntries(
    [...routes].map(([, path, methods = '']) => [path, methods.replace(/["'\s]/g, '')]),
  );
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
