import { parseJson } from '../../client/parse-json.ts';
import { isDatatype } from '../../runtime/arrays/datatypes.ts';
import { isRecord } from '../../runtime/objects.ts';
import { elementsOf, membersOf } from '../json-text.ts';
import { readLine } from '../read-line.ts';
import { BadRow } from '../row.ts';
import { type InferPiece, keyOf, type LineTensor } from './infer-piece.ts';
import { toLineTensor } from './line-tensor.ts';

/**
 * Reads lines that are whole requests of `infer`. Those that have nothing but inputs of the same form are
 * sent together.
 */
export function rawLines(isBinary: boolean): (line: string) => InferPiece {
  return (line) => {
    const request = readLine(line);
    const members = membersOf(line);
    if (!isRecord(request) || members === undefined || !Array.isArray(request.inputs)) {
      throw new BadRow(
        'expected a request, as {"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[1,2]}]}',
      );
    }
    const { id, inputs } = request;
    const tensors = (elementsOf(members.get('inputs') ?? '') ?? []).map((text, index) =>
      readTensor(text, inputs[index], `inputs[${index}]`, isBinary),
    );
    const parameters = membersOf(members.get('parameters') ?? '');
    for (const name of ['id', 'inputs', 'parameters']) {
      members.delete(name);
    }
    const isPlain = id === undefined && !parameters?.size && members.size === 0;
    return {
      rows: tensors[0]?.shape[0] ?? 1,
      key: isPlain ? keyOf(tensors) : undefined,
      ...{ tensors, parameters, others: members },
      id: typeof id === 'string' && id !== '' ? id : undefined,
    };
  };
}

function readTensor(text: string, value: unknown, place: string, isBinary: boolean): LineTensor {
  const members = membersOf(text);
  const { name, datatype, shape, data } = isRecord(value) ? value : {};
  if (members === undefined || typeof name !== 'string' || !isDatatype(datatype)) {
    throw new BadRow(`${place}: expected an object {name, shape, datatype, data}`);
  }
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new BadRow(`${place}.shape: expected a list of axis lengths`);
  }
  if (!Array.isArray(data)) {
    throw new BadRow(`${place}.data: expected a list`);
  }
  const parameters = membersOf(members.get('parameters') ?? '');
  const rest = { name, datatype, shape: shape as number[], parameters };
  if (isBinary) {
    const values = parseJson(members.get('data') ?? '') as unknown[];
    return toLineTensor({ ...rest, values }, true);
  }
  return { ...rest, content: (members.get('data') ?? '').trim().slice(1, -1).trim() };
}
