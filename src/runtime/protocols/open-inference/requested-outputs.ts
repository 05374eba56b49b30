import { NdArray } from '../../arrays/ndarray.ts';
import { badData } from '../../errors.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';
import type { AnswerTensor } from '../tensors/answer-tensor.ts';
import { readName, readObject, readSwitch, wrong } from './check.ts';
import type { Taken } from './classification.ts';
import type { Output } from './infer-answer.ts';
import type { InferRequest } from './infer-request.ts';

/** An output that a request asks for. */
export interface RequestedOutput {
  readonly name: string;
  /** Whether it is answered as bytes; undefined: as the request says for all. */
  readonly isBinary: boolean | undefined;
  /** The number of classes to answer in its place; undefined: the output itself. */
  readonly classes: number | undefined;
}

/** Reads the outputs that a request asks for; an empty list means all. */
export function readOutputs(list: unknown): readonly RequestedOutput[] {
  if (!Array.isArray(list)) {
    throw wrong('outputs', 'a list of {name}', list);
  }
  const names = new Set<unknown>();
  return list.map((item: unknown, index) => {
    const place = `outputs[${index}]`;
    if (!isRecord(item)) {
      throw wrong(place, 'an object {name}', item);
    }
    const inside = `${place}.parameters`;
    const parameters = readObject(item.parameters, inside);
    // An output would be in the answer as often as it is asked for.
    if (names.has(item.name)) {
      throw wrong(`${place}.name`, 'a name of its own', item.name);
    }
    names.add(item.name);
    return {
      name: readName(item.name, `${place}.name`),
      isBinary: readSwitch(parameters, 'binary_data', inside),
      classes: readClasses(parameters.classification, inside),
    };
  });
}

function readClasses(value: unknown, place: string): number | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw wrong(`${place}.classification`, 'a number of classes, 1 or more', value);
  }
  return value as number;
}

/** What is known of an answer beside its tensors. */
interface Answering {
  /** Whether outputs may be answered as bytes. */
  readonly mayBeBinary: boolean;
  readonly classNames: () => unknown;
}

/**
 * The outputs that a request asks for, in its order: each tensor, or in its place its highest classes.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the outputs that there are.
 */
export async function outputsFor(
  { outputs, isBinary }: Pick<InferRequest, 'outputs' | 'isBinary'>,
  tensors: readonly AnswerTensor[],
  { mayBeBinary, classNames }: Answering,
): Promise<readonly Output[]> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const found: Output[] = [];
  const taken: Taken = { classes: 0, characters: 0 };
  for (const [index, { name, classes, isBinary: own }] of outputs.entries()) {
    const tensor = byName.get(name);
    if (tensor === undefined) {
      const there = tensors.slice(0, MAX_NAMES).map((each) => each.name);
      const more = tensors.length > MAX_NAMES ? ', ...' : '';
      throw badData(`outputs[${index}].name: expected one of ${there.join(', ')}${more}, got ${show(name)}`);
    }
    found.push({
      tensor: classes === undefined ? tensor : await toClasses(tensor, classes, { classNames, taken }),
      isBinary: mayBeBinary && (own ?? isBinary),
    });
  }
  return found;
}

async function toClasses(
  tensor: AnswerTensor,
  count: number,
  { classNames, taken }: Pick<Answering, 'classNames'> & { readonly taken: Taken },
): Promise<AnswerTensor> {
  const { classify } = await import('./classification.ts');
  const names = await classNames();
  return classify(tensor, count, names instanceof NdArray ? names.toFlat() : names, taken);
}

/** Names in an error, at most. */
const MAX_NAMES = 20;
