import { readLine } from '../read-line.ts';
import { BadRow } from '../row.ts';
import { arrayLines } from './array-lines.ts';
import { type InferPiece, keyOf } from './infer-piece.ts';
import { datatypeOfValues, toLineTensor } from './line-tensor.ts';
import type { Port } from './port.ts';

/** Tells a host that the tensors are the columns of one table, as MLServer and this project read it. */
const COLUMNS = new Map([['content_type', '"pd"']]);

/**
 * Reads the rows of a table. Each column is a tensor of its own, but where all are numbers and the model
 * takes one tensor.
 *
 * @param names - of the columns. @param ports - the inputs of the model. Where these have the names, they
 *   have the datatypes, too; else the request says that its tensors are columns.
 */
export function tableLines(
  names: readonly string[],
  ports: readonly Port[],
  isBinary: boolean,
): (line: string) => InferPiece {
  const own = names.map((name) => ports.find((port) => port.name === name));
  const isNamed = own.every((port) => port !== undefined);
  const asArray = ports.length === 1 && !isNamed ? arrayLines(ports, isBinary) : undefined;
  return (line) => {
    const rows = readLine(line) as readonly (readonly unknown[])[];
    if (asArray !== undefined && datatypeOfValues(rows.flat()) === 'FP64') {
      return asArray(line);
    }
    const tensors = names.map((name, place) => {
      const values = rows.map((row) => row[place]);
      const datatype = own[place]?.datatype ?? datatypeOfValues(values.filter((value) => value !== null));
      if (datatype === undefined) {
        throw new BadRow(`column ${name}: expected values of one type`);
      }
      const shape = own[place]?.shape.length === 1 ? [rows.length] : [rows.length, 1];
      return toLineTensor({ name, datatype, shape, values }, isBinary);
    });
    return { rows: rows.length, key: keyOf(tensors), tensors, ...(!isNamed && { parameters: COLUMNS }) };
  };
}
