import type { SeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';
import { isRecord } from '../objects.ts';
import type { GraphWire } from '../protocols/graph-wire.ts';
import type { BoundUnit } from './bound-unit.ts';
import { failedAt } from './failure.ts';
import type { OpenPredictor } from './open-graph.ts';
import type { OpenNode } from './open-node.ts';

/** The fields of a unit's metadata that the executor shows, in its order; empty ones are left out. */
const FIELDS = ['name', 'platform', 'versions', 'inputs', 'outputs', 'custom'] as const;

type Fields = { readonly [F in (typeof FIELDS)[number]]?: unknown };

/** The metadata of a graph, in the executor's form. */
export interface MetadataOfGraph {
  readonly name: string;
  readonly models: Readonly<Record<string, Fields>>;
  readonly graphinputs: unknown;
  readonly graphoutputs: unknown;
}

/** How the units are asked. */
interface Asking {
  /** Asks a unit for its metadata; undefined when it has none. */
  read(unit: BoundUnit): Promise<unknown>;
  /** Notes the error of a unit, which is then left out; default: the error ends it all. */
  note?(error: SeldonError): void;
}

/**
 * The metadata of a graph: that of its units by name, and the inputs and outputs of the whole. The code of
 * this package that stands for a unit has none.
 */
export async function graphMetadata(
  { plan, root, units, wire }: OpenPredictor,
  asking: Asking,
): Promise<MetadataOfGraph> {
  const found = await Promise.all(
    [...units].map(async ([name, unit]) => [name, await readOf(name, unit, wire, asking)] as const),
  );
  // Without a prototype: a unit may have any name.
  const models: Record<string, Fields> = Object.create(null);
  for (const [name, fields] of found) {
    if (fields !== undefined) {
      models[name] = fields;
    }
  }
  const { inputs, outputs } = endsOf(root, models);
  return { name: plan.name, models, graphinputs: inputs ?? [], graphoutputs: outputs ?? [] };
}

async function readOf(
  name: string,
  unit: BoundUnit,
  { readMetadata }: Pick<GraphWire, 'readMetadata'>,
  { read, note }: Asking,
): Promise<Fields | undefined> {
  try {
    const answered = await read(unit);
    if (answered === undefined) {
      return undefined;
    }
    const metadata = readMetadata === undefined ? answered : readMetadata(answered);
    if (!isRecord(metadata)) {
      throw graphError('GRAPH_BAD_ANSWER', 'the metadata of the unit: expected a JSON object');
    }
    return Object.fromEntries(
      FIELDS.filter((field) => !isEmpty(metadata[field])).map((field) => [field, metadata[field]]),
    );
  } catch (thrown) {
    const error = failedAt(name, thrown);
    if (note === undefined) {
      throw error;
    }
    note(error);
    return undefined;
  }
}

function isEmpty(value: unknown): boolean {
  return value == null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/**
 * The inputs and outputs of a part of the graph: of a node with children, its first child counts, or of
 * children that are called one after the other the first and the last.
 */
function endsOf(
  node: OpenNode,
  models: Readonly<Record<string, Fields>>,
): Pick<Fields, 'inputs' | 'outputs'> {
  const own = models[node.name] ?? {};
  const [first] = node.children;
  if (first === undefined) {
    return own;
  }
  const below = endsOf(first, models);
  if (node.plan.atOnce === 1) {
    return { inputs: below.inputs, outputs: endsOf(node.children.at(-1) ?? first, models).outputs };
  }
  switch (node.plan.type) {
    case 'MODEL':
    case 'TRANSFORMER':
      return { inputs: own.inputs, outputs: below.outputs };
    case 'OUTPUT_TRANSFORMER':
    case 'COMBINER':
      return { inputs: below.inputs, outputs: own.outputs };
    default:
      return below;
  }
}
