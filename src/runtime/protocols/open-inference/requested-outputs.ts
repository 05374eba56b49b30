import { badData } from '../../errors.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';
import { readName, readObject, readSwitch, wrong } from './check.ts';

/** An output that a request asks for. */
export interface RequestedOutput {
  readonly name: string;
  /** Whether it is answered as bytes; undefined: as the request says for all. */
  readonly isBinary: boolean | undefined;
  /** The number of classes to answer in its place; undefined: the output itself. */
  readonly classes: number | undefined;
}

/** Reads the outputs that a request asks for; none means all. */
export function readOutputs(list: unknown): readonly RequestedOutput[] {
  if (list === undefined || list === null) {
    return [];
  }
  if (!Array.isArray(list)) {
    throw wrong('outputs', 'a list of {name}', list);
  }
  const names = new Set<unknown>();
  return list.map((item: unknown, index) => {
    const place = `outputs[${index}]`;
    if (!isRecord(item)) {
      throw wrong(place, 'an object {name}', item);
    }
    const parameters = readObject(item.parameters, `${place}.parameters`);
    // An output would be in the answer as often as it is asked for.
    if (names.has(item.name)) {
      throw wrong(`${place}.name`, 'a name of its own', item.name);
    }
    names.add(item.name);
    return {
      name: readName(item.name, `${place}.name`),
      isBinary: readSwitch(parameters, 'binary_data', place),
      classes: readClasses(parameters.classification, place),
    };
  });
}

function readClasses(value: unknown, place: string): number | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw wrong(`${place}.parameters.classification`, 'a number of classes, 1 or more', value);
  }
  return value as number;
}

/**
 * Chooses the outputs that are asked for, in the order of the request.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the outputs that there are.
 */
export function chooseOutputs<T extends { readonly name: string }>(
  tensors: readonly T[],
  requested: readonly RequestedOutput[],
): readonly (readonly [T, RequestedOutput | undefined])[] {
  if (requested.length === 0) {
    return tensors.map((tensor) => [tensor, undefined]);
  }
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return requested.map((output, index) => {
    const tensor = byName.get(output.name);
    if (tensor === undefined) {
      const there = tensors.slice(0, MAX_NAMES).map(({ name }) => name);
      const more = tensors.length > MAX_NAMES ? ', ...' : '';
      throw badData(
        `outputs[${index}].name: expected one of ${there.join(', ')}${more}, got ${show(output.name)}`,
      );
    }
    return [tensor, output];
  });
}

/** Names in an error, at most. */
const MAX_NAMES = 20;
