import { UserError } from '../../bundle/user-error.ts';
import { stringify } from '../../runtime/json/write-json.ts';
import { isRecord } from '../../runtime/objects.ts';
import { show } from '../../runtime/show.ts';
import { nest } from '../endpoint.ts';
import { type Fault, fault } from '../fault.ts';
import { hasShape, shapeOf } from '../shape.ts';
import type { Protocol, Table } from './protocol.ts';

/** The REST API of TensorFlow Serving, KServe's version 1: `instances` in rows, `predictions` for them. */
export const tensorflow: Protocol = {
  name: 'tensorflow',
  endpoints: ['predict'],
  options: ['columns'],
  hasModel: true,
  pathOf: (_endpoint, model) => `v1/models/${encodeURIComponent(model)}:predict`,
  refuseUnfit({ contract, columns }) {
    if (columns && contract.features.shape.length > 1) {
      throw new UserError('features: expected columns without a shape, for --columns');
    }
  },
  toMessage({ contract, columns }, { rows }) {
    const { names, shape } = contract.features;
    const instances = rows.map(([features = []]) =>
      columns
        ? Object.fromEntries(features.map((value, index) => [names[index]?.text ?? '', value]))
        : nest(features, shape),
    );
    const json = stringify({ instances });
    return { body: json, headers: { 'content-type': 'application/json' }, toJson: () => json };
  },
  faultOf: ({ predictions }) =>
    Array.isArray(predictions) ? undefined : fault('predictions', 'a list', show(predictions)),
  readTable({ predictions }) {
    const rows = predictions as readonly unknown[];
    if (rows.length > 0 && rows.every(isRecord)) {
      return joinObjects(rows);
    }
    const shape = shapeOf(rows);
    return hasShape(rows, shape)
      ? { shape, values: rows.flat(shape.length - 1), names: undefined, isNamed: false }
      : fault('shape', 'rows of equal length', show(rows));
  },
};

/** A table of objects, of which each has a value, or a list of one, for each column. */
function joinObjects(rows: readonly Readonly<Record<string, unknown>>[]): Table | Fault {
  const names = Object.keys(rows[0] ?? {});
  const values = rows.flatMap((row) =>
    names.map((name) => {
      const value = row[name];
      return Array.isArray(value) && value.length === 1 ? value[0] : value;
    }),
  );
  const isTable = rows.every(
    (row) => Object.keys(row).length === names.length && names.every((name) => name in row),
  );
  if (!isTable || values.some((value) => typeof value === 'object' && value !== null)) {
    return fault('shape', 'objects with the same names, and one value for each', show(rows));
  }
  return { shape: [rows.length, names.length], values, names, isNamed: true };
}
