import type { DataType } from '../kinds/index.ts';
import type { Protocol } from '../protocol.ts';
import { arrayLines } from './array-lines.ts';
import { toInferLines } from './infer-lines.ts';
import type { InferItem, InferPiece } from './infer-piece.ts';
import { toInferRequest } from './infer-request.ts';
import type { Port } from './port.ts';
import { rawLines } from './raw-lines.ts';
import { tableLines } from './table-lines.ts';
import { textLines } from './text-lines.ts';

/** The options that say what is sent of lines. */
export interface InferOptions {
  readonly dataType: DataType;
  /** The inputs of the model; empty when it does not tell. */
  readonly ports: readonly Port[];
  /** Names of the columns of a table; undefined: the lines are no table. */
  readonly names: readonly string[] | undefined;
  /** Whether tensors are bytes behind the JSON, both ways. */
  readonly isBinary: boolean;
}

/**
 * The Open Inference Protocol, version 2: a line becomes a request of `infer`. A failure is an `error`, with
 * the tags of the batch as `parameters`.
 *
 * @throws UserError when lines of this type cannot be sent to this model.
 */
export function openInferenceProtocol(options: InferOptions): Protocol {
  const { isBinary } = options;
  return {
    read: readerOf(options),
    toRequest: (tags, items) => toInferRequest(tags, items as readonly [InferItem, ...InferItem[]], isBinary),
    toLines: (answer, items, tags) => toInferLines(answer, items as readonly InferItem[], tags),
    toFailureLine: (row, reason, tags) =>
      `{"error":${JSON.stringify(reason)},"parameters":{${tags.of(row)}}}`,
  };
}

function readerOf({ dataType, ports, names, isBinary }: InferOptions): (line: string) => InferPiece {
  switch (dataType) {
    case 'raw':
      return rawLines(isBinary);
    case 'data':
      return names === undefined ? arrayLines(ports, isBinary) : tableLines(names, ports, isBinary);
    default:
      return textLines(dataType, ports, isBinary);
  }
}
