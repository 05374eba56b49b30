import type { Metadata } from '../model/metadata.ts';
import { isRecord } from '../objects.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The JSON schema of `jsonData` that the model's metadata gives for its first input; undefined without one.
 */
export function inputSchema(metadata: Metadata | undefined): Schema | undefined {
  const input = metadata?.inputs[0] as
    | { readonly messagetype?: string; readonly schema?: Schema }
    | undefined;
  return input?.messagetype === 'jsonData' ? input.schema : undefined;
}

/**
 * A schema as a part of the document: its references to its own parts, such as `#/$defs/Address`, begin at
 * `place`, a JSON pointer with `#`.
 */
export function placedAt(place: string, schema: Schema): Schema {
  return rebase(schema, place) as Schema;
}

/** Metadata whose schemas are parts of the document, as {@link placedAt} says. */
export function placedMetadata(place: string, metadata: Metadata): Metadata {
  const placed = (side: 'inputs' | 'outputs') => placedPorts(`${place}/${side}`, metadata[side]);
  return { ...metadata, inputs: placed('inputs'), outputs: placed('outputs') };
}

/** Inputs or outputs whose schemas are parts of the document, as {@link placedAt} says. */
export function placedPorts<P>(place: string, ports: readonly P[]): P[] {
  return ports.map((port, index) => rebase(port, `${place}/${index}/schema`) as P);
}

function rebase(value: unknown, place: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => rebase(item, place));
  }
  if (!isRecord(value)) {
    return value;
  }
  // `$id` would change the base of the references inside, and be there twice.
  const entries = Object.entries(value).filter(
    ([key, inner]) => !(typeof inner === 'string' && (key === '$id' || key === '$schema')),
  );
  const placed = entries.map(([key, inner]) => {
    const isOwn = key === '$ref' && typeof inner === 'string' && /^#(?:\/|$)/.test(inner);
    return [key, isOwn ? `${place}${inner.slice(1)}` : rebase(inner, place)];
  });
  return Object.fromEntries(placed);
}

/** Levels of an example: a schema may contain itself. */
const MAX_LEVELS = 8;

/**
 * A value that a schema allows: one that it shows itself, or one made by its types. Undefined too deep
 * inside: there it is left out.
 */
export function exampleOf(schema: unknown, root: unknown = schema, levels = MAX_LEVELS): unknown {
  if (levels === 0) {
    return undefined;
  }
  if (!isRecord(schema)) {
    return null;
  }
  const inner = (other: unknown) => exampleOf(other, root, levels - 1);
  const { $ref, const: constant, examples, example, default: usual, enum: words } = schema;
  const [shown] = [constant, ...listOf(examples), example, usual, ...listOf(words)].filter(
    (value) => value !== undefined,
  );
  if (shown !== undefined) {
    return shown;
  }
  if (typeof $ref === 'string') {
    return inner(resolve(root, $ref));
  }
  const [branch] = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (branch !== undefined) {
    return inner(branch);
  }
  const parts = listOf(schema.allOf);
  return parts.length > 0
    ? inner(Object.assign({}, schema, ...parts, { allOf: undefined }))
    : byType(schema, inner);
}

function byType(schema: Schema, inner: (schema: unknown) => unknown): unknown {
  const [type] = [...listOf(schema.type), schema.type];
  const least = Number(schema.minimum ?? schema.exclusiveMinimum ?? 0);
  switch (type ?? (schema.properties === undefined ? undefined : 'object')) {
    case 'array': {
      const length = Number(schema.minItems ?? 1);
      const items = Array.from({ length: Math.min(length, 100) }, () => inner(schema.items));
      return items.filter((item) => item !== undefined);
    }
    case 'string':
      return 'a text'.padEnd(Math.min(Number(schema.minLength ?? 0), 1000), '.');
    case 'number':
    case 'integer':
      return Math.floor(least) + (schema.exclusiveMinimum === undefined && least % 1 === 0 ? 0 : 1);
    case 'boolean':
      return true;
    case 'object': {
      const properties = isRecord(schema.properties) ? schema.properties : {};
      const entries = Object.entries(properties).map(([name, each]) => [name, inner(each)]);
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    default:
      return null;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function resolve(root: unknown, reference: string): unknown {
  const keys = reference.split('/').slice(1);
  return keys.reduce<unknown>((at, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
    return isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, root);
}
