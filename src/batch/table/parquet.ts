import { UserError } from '../../bundle/user-error.ts';
import type { Row } from '../row.ts';
import { type Column, type ColumnType, chooseColumns } from './columns.ts';
import type { Table, TableOptions } from './csv.ts';
import { toJsonValue } from './parquet-value.ts';

/** A file that is read in parts. */
export interface RangedFile {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/**
 * What is used of the package hyparquet. It is an optional peer, and no dependency: few need it, and it takes
 * half a megabyte.
 */
interface Reader {
  parquetMetadataAsync(file: RangedFile): Promise<FileMetadata>;
  parquetSchema(metadata: FileMetadata): {
    readonly children: readonly { readonly element: SchemaElement }[];
  };
  parquetReadObjects(
    options: Source & {
      readonly columns: readonly string[];
      readonly rowStart: number;
      readonly rowEnd: number;
    },
  ): Promise<Record<string, unknown>[]>;
}

interface FileMetadata {
  readonly row_groups: readonly { readonly num_rows: bigint }[];
}

interface SchemaElement {
  readonly name: string;
  readonly type?: string;
  readonly converted_type?: string;
  readonly logical_type?: { readonly type: string };
}

interface Source {
  readonly file: RangedFile;
  readonly metadata: FileMetadata;
  /** Those of the package hyparquet-compressors, without which only Snappy is known. */
  readonly compressors?: unknown;
}

/** Rows that are read at once, at most: a group of rows may be as large as the file. */
const ROWS = 10_000;

/**
 * Opens a Parquet file, whose columns have names and types.
 *
 * @param load - imports a package of the project. @throws UserError when hyparquet is not installed, when it
 *   is no Parquet file, or has not the columns that are wanted.
 */
export async function openParquet(
  file: RangedFile,
  options: TableOptions,
  load: (name: string) => Promise<unknown>,
): Promise<Table> {
  const reader = (await load('hyparquet')) as Reader | undefined;
  if (reader === undefined) {
    throw new UserError('a Parquet file needs the package hyparquet: npm install -D hyparquet');
  }
  const { compressors } = ((await load('hyparquet-compressors')) ?? {}) as { compressors?: unknown };
  const metadata = await reader.parquetMetadataAsync(file).catch((error: Error) => {
    throw new UserError(`the file cannot be read as Parquet: ${error.message}`);
  });
  const { children } = reader.parquetSchema(metadata);
  const header = children.map(({ element }) => element.name);
  const typeAt = (place: number): ColumnType => {
    const { type, converted_type: converted, logical_type: logical } = children[place]?.element ?? {};
    const isText = converted === 'UTF8' || logical?.type === 'STRING' || type === 'BYTE_ARRAY';
    return isText ? 'text' : type === 'BOOLEAN' ? 'boolean' : 'number';
  };
  const { columns, told } = chooseColumns(header, options, typeAt);
  return {
    names: columns.map(({ name }) => name),
    rows: readRows(reader, { file, metadata, ...(compressors !== undefined && { compressors }) }, columns),
    told,
  };
}

async function* readRows(
  { parquetReadObjects }: Reader,
  source: Source,
  columns: readonly Column[],
): AsyncGenerator<readonly Row[]> {
  const names = columns.map(({ name }) => name);
  let groupStart = 0;
  for (const { num_rows: count } of source.metadata.row_groups) {
    const groupEnd = groupStart + Number(count);
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += ROWS) {
      const rowEnd = Math.min(groupEnd, rowStart + ROWS);
      const found = await parquetReadObjects({ ...source, columns: names, rowStart, rowEnd }).catch(
        (error: Error) => {
          throw new UserError(`rows ${rowStart} to ${rowEnd} cannot be read: ${error.message}`);
        },
      );
      yield found.map((values, at) => toRow(rowStart + at, values, columns));
    }
    groupStart = groupEnd;
  }
}

function toRow(index: number, values: Record<string, unknown>, columns: readonly Column[]): Row {
  const cells = columns.map(({ name, type }) => toJsonValue(values[name], type));
  const bad = cells.indexOf(undefined);
  if (bad !== -1) {
    const { name, type } = columns[bad] as Column;
    return { index, text: '', problem: `column ${name}: expected a ${type}` };
  }
  return { index, text: `[[${cells.join(',')}]]` };
}
