import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { TestRequest } from './events.ts';
import type { Deployment } from './functions.ts';

/** A JSON object. */
export type Json = Record<string, unknown>;

/** A media type of a request or a response. */
export interface MediaType {
  schema: Json;
  example?: unknown;
  examples?: Record<string, Json>;
  encoding?: Record<string, { contentType: string }>;
}
/** A method of a path. */
export interface Operation {
  operationId: string;
  tags: string[];
  parameters?: Json[];
  requestBody?: Json;
  responses: Record<string, Json>;
}
/** An OpenAPI document, as far as tests look into it. */
export interface Document extends Json {
  info: { title: string; version: string; description: string; 'x-custom'?: unknown };
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation> & { parameters: Json[] }>;
  components: Record<string, Record<string, Json>>;
}

const MODEL_DIR = fileURLToPath(new URL('../../models', import.meta.url));
const METHODS = ['get', 'post'] as const;
/** The environment of the shipped model Iris. */
export const IRIS = { MODEL_NAME: 'Iris', MODEL_DIR };

/** The environment of a model with one of the metadata of test/models/conformance/metadatas.ts. */
export function metaZoo(kind: string): Record<string, string> {
  const parameters = [{ name: 'kind', value: kind, type: 'STRING' }];
  return { MODEL_NAME: 'MetaZoo', PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(parameters) };
}

/** The document that the functions answer. */
export async function documentOf(functions: Deployment): Promise<Document> {
  const { status, headers, body } = await functions.send({ method: 'GET', path: '/seldon.json' });
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/json');
  return JSON.parse(body as string);
}

/** A request that posts JSON. */
export function post(path: string, json: unknown): TestRequest {
  return { method: 'POST', path, body: JSON.stringify(json) };
}

/** Every object in `value`, including itself. */
export function nodesOf(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const inner = Object.values(value).flatMap(nodesOf);
  return Array.isArray(value) ? inner : [value as Json, ...inner];
}

/** Follows the reference that `node` may be. */
export function resolve(document: Document, node: Json): Json {
  if (typeof node.$ref !== 'string') {
    return node;
  }
  const keys = node.$ref.replace(/^#\//, '').split('/');
  return keys.reduce<Json>(
    (at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')] as Json,
    document,
  );
}

/** The methods of a path. */
export function methodsOf(item: Json): string[] {
  return METHODS.filter((method) => method in item);
}

/** The operations of a path. */
export function operationsAt(item: Document['paths'][string]): Operation[] {
  return methodsOf(item).map((method) => item[method] as Operation);
}

/** The operations of all paths. */
export function operationsOf({ paths }: Document): { path: string; method: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methodsOf(item).map((method) => ({ path, method, operation: item[method] as Operation })),
  );
}

/** A path with the examples that the document has for its parameters; a parameter without one stays. */
export function filledPath({ paths }: Document, path: string, operation: Operation): string {
  const parameters = [...(operation.parameters ?? []), ...(paths[path]?.parameters ?? [])];
  return path.replace(/\{(\w+)\}/g, (place, name) => {
    const { example } = parameters.find((each) => each.name === name) ?? {};
    return typeof example === 'string' ? example : place;
  });
}

/** Makes a function that finds the violations of a schema of the document in a value. */
export function validatorOf(document: Document): (schema: Json, value: unknown) => unknown[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ $id: 'document', components: document.components });
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"document#/');
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, validate);
    return validate(value) ? [] : (validate.errors ?? []);
  };
}

/** Every example of the document, with its schema. */
export function examplesOf(document: Document): { schema: Json; example: unknown }[] {
  const mediaTypes = nodesOf(document).filter(
    (node) => typeof node.schema === 'object' && (node.examples !== undefined || node.example !== undefined),
  ) as unknown as MediaType[];
  return mediaTypes.flatMap(({ schema, example, examples = {} }) => [
    ...(example === undefined ? [] : [{ schema, example }]),
    ...Object.values(examples).map((each) => ({ schema, example: resolve(document, each).value })),
  ]);
}

/** The media types of an operation's request, by name. */
export function mediaTypesOf(document: Document, { requestBody }: Operation): Record<string, MediaType> {
  if (requestBody === undefined) {
    return {};
  }
  return resolve(document, requestBody).content as Record<string, MediaType>;
}

/** The media type of the response with a status, its schema, and the names of its headers. */
export function responseSchema(document: Document, { responses }: Operation, status: string) {
  const response = resolve(document, (responses[status] ?? responses.default) as Json);
  const [[type, { schema }]] = Object.entries(response.content as Record<string, MediaType>) as [
    [string, MediaType],
  ];
  return { type, schema, headers: Object.keys(response.headers as Json) };
}

/** Makes a request of each example of an operation, in the form that its media type names. */
export function requestsOf(
  document: Document,
  path: string,
  method: string,
  operation: Operation,
): { name: string; request: TestRequest }[] {
  const verb = method.toUpperCase();
  const [query] = (operation.parameters ?? [])
    .map((parameter) => resolve(document, parameter))
    .filter((parameter) => parameter.in === 'query');
  const contents: [string, MediaType][] =
    query === undefined
      ? Object.entries(mediaTypesOf(document, operation))
      : [['query', (query.content as Record<string, MediaType>)['application/json'] as MediaType]];
  if (contents.length === 0) {
    return [{ name: 'none', request: { method: verb, path } }];
  }
  return contents.flatMap(([form, mediaType]) =>
    Object.entries(mediaType.examples ?? {}).map(([name, example]) => {
      const { value } = resolve(document, example);
      const request =
        form === 'query'
          ? { path: `${path}?${query?.name}=${encodeURIComponent(JSON.stringify(value))}` }
          : { path, ...toBody(form, mediaType, value as Json) };
      return { name: `${form} ${name}`, request: { method: verb, ...request } };
    }),
  );
}

function toBody(
  form: string,
  { encoding = {} }: MediaType,
  value: Json,
): Pick<TestRequest, 'headers' | 'body'> {
  if (form === 'application/json') {
    return { headers: { 'content-type': form }, body: JSON.stringify(value) };
  }
  const fields = Object.entries(value).map(([name, field]) => {
    const { contentType } = encoding[name] as { contentType: string };
    return {
      name,
      contentType,
      text: contentType === 'application/json' ? JSON.stringify(field) : `${field}`,
    };
  });
  if (form === 'application/x-www-form-urlencoded') {
    const pairs = fields.map(({ name, text }): [string, string] => [name, text]);
    return { headers: { 'content-type': form }, body: `${new URLSearchParams(pairs)}` };
  }
  const parts = fields.map(({ name, contentType, text }) => {
    const file = contentType === 'application/octet-stream' ? '; filename="file"' : '';
    const disposition = `Content-Disposition: form-data; name="${name}"${file}`;
    return `--xyz\r\n${disposition}\r\nContent-Type: ${contentType}\r\n\r\n${text}\r\n`;
  });
  return { headers: { 'content-type': `${form}; boundary=xyz` }, body: `${parts.join('')}--xyz--\r\n` };
}
