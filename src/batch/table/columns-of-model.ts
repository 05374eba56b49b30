import { isRecord } from '../../runtime/objects.ts';
import type { ColumnType, WantedColumn } from './columns.ts';

/**
 * The columns that a model's metadata name: those of the schema of its first input, or else, as in the v2
 * protocol, its inputs. Empty when they name none.
 */
export function columnsOfModel(metadata: unknown): WantedColumn[] {
  const inputs = isRecord(metadata) && Array.isArray(metadata.inputs) ? metadata.inputs.filter(isRecord) : [];
  const [first] = inputs;
  const names = isRecord(first?.schema) ? first.schema.names : undefined;
  if (Array.isArray(names)) {
    const type = first?.messagetype === 'tensor' ? 'number' : undefined;
    return names.filter((name) => typeof name === 'string').map((name) => ({ name, type }));
  }
  return inputs.flatMap(({ name, datatype }) =>
    typeof name === 'string' && typeof datatype === 'string' ? [{ name, type: typeOf(datatype) }] : [],
  );
}

function typeOf(datatype: string): ColumnType {
  const types: Readonly<Record<string, ColumnType>> = { BYTES: 'text', BOOL: 'boolean' };
  return types[datatype] ?? 'number';
}
