import { UserError } from '../../bundle/user-error.ts';
import { strKind } from '../kinds/str.ts';
import { readLine } from '../read-line.ts';
import type { InferPiece } from './infer-piece.ts';
import { toLineTensor } from './line-tensor.ts';
import { type Port, unknownPort } from './port.ts';

/**
 * Reads lines that are a text, or a value in JSON: each is one element of BYTES, whose content type says
 * which.
 *
 * @throws UserError for a model of several inputs.
 */
export function textLines(
  type: 'str' | 'json',
  ports: readonly Port[],
  isBinary: boolean,
): (line: string) => InferPiece {
  if (ports.length > 1) {
    const names = ports.map(({ name }) => name).join(', ');
    throw new UserError(
      `--data-type ${type}: the model takes the tensors ${names}; expected --data-type raw`,
    );
  }
  const { name, shape: axes } = ports[0] ?? unknownPort('BYTES');
  const shape = axes.length > 1 ? [1, 1] : [1];
  const parameters = new Map([['content_type', `"${type}"`]]);
  return (line) => {
    const values = [type === 'str' ? JSON.parse(strKind.read(line).payload) : textOf(line)];
    const tensor = toLineTensor({ name, datatype: 'BYTES', shape, parameters, values }, isBinary);
    return { rows: 1, key: undefined, tensors: [tensor] };
  };
}

function textOf(line: string): string {
  readLine(line);
  return line.trim().replace(/^\ufeff/, '');
}
