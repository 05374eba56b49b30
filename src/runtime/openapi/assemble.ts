import type { Metadata } from '../model/metadata.ts';
import { type DescribedEndpoint, TAGS } from './endpoints.ts';
import type { Examples } from './examples.ts';
import { inputSchema, placedAt } from './model-schema.ts';
import { toPaths } from './operations.ts';
import { requestComponents } from './requests.ts';
import { componentSchemas, ref } from './schemas.ts';
import { usedOf } from './used.ts';

/** The parts of a document. */
export interface Parts {
  readonly info: {
    readonly title: string;
    readonly summary?: string;
    readonly version: string;
    readonly description: string;
  };
  readonly serverUrl: string;
  readonly endpoints: readonly DescribedEndpoint[];
  /** What is called with the requests; undefined: it is not known. */
  readonly metadata: Metadata | undefined;
  readonly examples: Examples;
  readonly schemas?: Readonly<Record<string, unknown>>;
  readonly requestBodies?: Readonly<Record<string, unknown>>;
  /** Examples that `requestBodies` refers to. */
  readonly requestExamples?: Readonly<Record<string, unknown>>;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  /** References to components that no endpoint uses, but the page of /docs. */
  readonly kept?: unknown;
}

/** Makes an OpenAPI 3.1 document with the components that its endpoints use. */
export function assemble({ info, serverUrl, endpoints, metadata, examples, ...parts }: Parts) {
  const schema = inputSchema(metadata);
  const paths = toPaths(endpoints);
  const requests = requestComponents(examples, schema !== undefined);
  const components = {
    schemas: { ...componentSchemas(), ...(schema && inputSchemas(schema)), ...parts.schemas },
    ...requests,
    requestBodies: { ...requests.requestBodies, ...parts.requestBodies },
    examples: { ...requests.examples, ...parts.requestExamples },
    responses: parts.responses,
    headers: parts.headers,
  };
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: serverUrl }],
    tags: Object.entries(TAGS)
      .filter(([name]) => endpoints.some(({ tag }) => tag === name))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: usedOf(components, [paths, parts.kept]),
  };
}

/** The schemas of a request whose `jsonData` has a schema of the model's own. */
function inputSchemas(schema: Readonly<Record<string, unknown>>) {
  return {
    ModelInput: placedAt('#/components/schemas/ModelInput', schema),
    ModelRequest: {
      description: 'A message whose `jsonData` is as the model says.',
      allOf: [ref('SeldonMessage'), { properties: { jsonData: ref('ModelInput') } }],
    },
  };
}
