import { splitLines } from '../../batch/line-splitter.ts';
import { type Input, openInput } from '../../batch/open-input.ts';
import { openRanged } from '../../batch/ranged-file.ts';
import type { Row } from '../../batch/row.ts';
import { openS3Object, type S3Object } from '../../batch/s3-input.ts';
import { readColumns } from '../../batch/table/columns.ts';
import { columnsOfModel } from '../../batch/table/columns-of-model.ts';
import { openCsv, type Table, type TableOptions } from '../../batch/table/csv.ts';
import { openParquet } from '../../batch/table/parquet.ts';
import { UserError } from '../../bundle/user-error.ts';
import { FORMATS, type Format } from './formats.ts';
import type { BatchOptions } from './options.ts';
import { s3Settings } from './s3-settings.ts';
import type { BatchSettings } from './settings.ts';

/** Lines of an input, and how much of it has been read. */
export interface SourceRows {
  readonly rows: AsyncIterable<readonly Row[]>;
  /** Names of the columns of a table. */
  readonly names?: readonly string[];
  /** What was found out about a table, for the user. */
  readonly told?: string;
  readonly input: Pick<Input, 'size' | 'bytesRead'>;
}

/** An input that is there. */
export interface Source {
  /** @param metadata - asks the model for its own description, which only tables need. */
  open(metadata: () => Promise<unknown>): Promise<SourceRows>;
  /** Closes the file, also where not all of it has been read. */
  close(): Promise<void>;
}

/**
 * Opens the input, in its format.
 *
 * @throws UserError when it is not there, or when its format does not go with other options.
 */
export async function openSource(
  path: string,
  options: BatchOptions,
  settings: BatchSettings,
): Promise<Source> {
  const format = readFormat(path, options.format);
  if (format === 'jsonl' && options.columns !== undefined) {
    throw new UserError('--columns: expected a CSV or Parquet as input');
  }
  if (format !== 'jsonl' && settings.dataType !== 'data') {
    throw new UserError(
      `--data-type ${settings.dataType}: expected data with ${format}, whose rows are numbers and texts`,
    );
  }
  const asked = options.columns === undefined ? undefined : readColumns(options.columns);
  const source = path.startsWith('s3://') ? await openS3Object(path, s3Settings()) : path;
  if (format === 'parquet') {
    return parquetSource(source, path, asked);
  }
  const input = await openInput(source);
  return {
    async open(metadata) {
      if (format === 'jsonl') {
        return { rows: splitLines(input.pieces), input };
      }
      return { ...(await openCsv(input.pieces, await tableOptions(asked, metadata))), input };
    },
    close: input.close,
  };
}

async function parquetSource(
  source: string | S3Object,
  path: string,
  asked: TableOptions['asked'],
): Promise<Source> {
  if (path === '-') {
    throw new UserError('--format parquet: expected a file, since a Parquet is read from its end');
  }
  const file = await openRanged(source);
  return {
    async open(metadata) {
      const table: Table = await openParquet(file, await tableOptions(asked, metadata), load);
      return { ...table, input: { size: undefined, bytesRead: () => 0 } };
    },
    close: file.close,
  };
}

async function tableOptions(
  asked: TableOptions['asked'],
  metadata: () => Promise<unknown>,
): Promise<TableOptions> {
  return { asked, ofModel: asked === undefined ? columnsOfModel(await metadata()) : [] };
}

/** A package that the project may have; undefined when it is not installed. */
async function load(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
      return undefined;
    }
    throw error;
  }
}

function readFormat(path: string, given: string | undefined): Format {
  const found = FORMATS.find((name) => name === given);
  if (given !== undefined && found === undefined) {
    throw new UserError(`--format: expected one of ${FORMATS.join(', ')}, got "${given}"`);
  }
  const [, ending = ''] = /\.(\w+)(?:\.gz)?$/.exec(path.toLowerCase()) ?? [];
  const byName: Readonly<Record<string, Format>> = { csv: 'csv', tsv: 'csv', parquet: 'parquet' };
  return found ?? byName[ending] ?? 'jsonl';
}
