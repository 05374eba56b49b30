import { UserError } from '../../bundle/user-error.ts';
import { readNumberRows } from '../kinds/number-rows.ts';
import { readLine } from '../read-line.ts';
import { BadRow } from '../row.ts';
import { type InferPiece, keyOf } from './infer-piece.ts';
import { datatypeOfValues, toLineTensor } from './line-tensor.ts';
import { type Port, unknownPort } from './port.ts';

/**
 * Reads lines that are nested lists: each is one tensor.
 *
 * Its name and datatype are those of the model's input. Without metadata, numbers are FP64.
 *
 * @throws UserError for a model of several inputs.
 */
export function arrayLines(ports: readonly Port[], isBinary: boolean): (line: string) => InferPiece {
  const [port] = ports;
  if (ports.length > 1) {
    const names = ports.map(({ name }) => name).join(', ');
    throw new UserError(
      `--data-type data: the model takes the tensors ${names}; ` +
        'expected --data-type raw, or a table with these columns',
    );
  }
  const { name, datatype } = port ?? unknownPort('FP64');
  return (line) => {
    const found = isBinary ? undefined : readNumberRows(line);
    if (found !== undefined) {
      const { rows, columns, inner } = found;
      const content = inner.replaceAll('[', '').replaceAll(']', '');
      return { rows, key: `${columns}`, tensors: [{ name, datatype, shape: [rows, columns], content }] };
    }
    const value = readLine(line);
    if (!Array.isArray(value)) {
      throw new BadRow('expected a list of rows, as [[5.1,3.5,1.4,0.2]]');
    }
    const shape = shapeOf(value);
    const values: unknown[] = value.flat(shape.length - 1);
    const type = port?.datatype ?? datatypeOfValues(values);
    if (type === undefined) {
      throw new BadRow('expected values of one type, because a tensor has one datatype');
    }
    const tensors = [toLineTensor({ name, datatype: type, shape, values }, isBinary)];
    return { rows: shape[0] ?? 0, key: shape.length > 1 ? keyOf(tensors) : undefined, tensors };
  };
}

/** The lengths of nested lists. */
function shapeOf(list: readonly unknown[]): number[] {
  if (!list.some(Array.isArray)) {
    return [list.length];
  }
  // Once for each list: lists may be nested deep.
  const shapes = list.map((each) => (Array.isArray(each) ? shapeOf(each) : []));
  const [inner = []] = shapes;
  if (!shapes.every((shape) => shape.length > 0 && `${shape}` === `${inner}`)) {
    throw new BadRow('expected nested lists of equal length');
  }
  return [list.length, ...inner];
}
