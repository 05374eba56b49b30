import { fromData, NdArray } from '../../arrays/ndarray.ts';
import { toSeldonError } from '../../errors.ts';
import { graphError } from '../../graph-error.ts';
import type { Payload } from '../../model/model.ts';
import type { Flow } from '../../protocols/graph-wire.ts';
import { kindOf } from '../../show.ts';
import { asUnit } from '../as-unit.ts';
import type { Called } from '../bound-unit.ts';
import type { Implementation } from './implementation.ts';

/**
 * Answers the mean of the children's answers, element by element. Status, and names and kind of the array,
 * are those of the first answer.
 */
export const averageCombiner: Implementation = {
  open(name, plan, host) {
    const { decode, settingsOf } = asUnit(name, plan, host);
    return {
      async call(method, message, call): Promise<Called> {
        // A plan calls it with nothing else.
        const read = await decode(message as Flow<'messageList'>, method, call).catch((error) => {
          throw badAnswer(`the answers cannot be combined: ${toSeldonError(error).message}`);
        });
        const { features, names } = read.input;
        const payload = meanOf(features, call.children);
        const answer = { payload, classNames: () => names[0] ?? [], tags: [], metrics: [] };
        const flow = await host.wire.ofAnswer(read, answer, settingsOf(call));
        const feedback = await host.wire.feedback();
        return { flow: 'answer' in feedback ? flow : await feedback.withStatus(flow, read), metrics: [] };
      },
    };
  },
};

/** @param names - of the units that answered, for the error. */
function meanOf(answers: readonly Payload[], names: readonly string[]): NdArray {
  const [first, ...others] = answers.map((answer, index) => numbersOf(answer, names[index] ?? ''));
  if (first === undefined) {
    throw badAnswer('expected the answer of at least one child, got none');
  }
  const sum = first.data.slice();
  for (const [index, { shape, data }] of others.entries()) {
    if (String(shape) !== String(first.shape)) {
      throw badAnswer(
        `expected arrays of one shape, got (${first.shape}) from ${names[0]} and (${shape}) from ${names[index + 1]}`,
      );
    }
    for (let i = 0; i < sum.length; i++) {
      sum[i] = (sum[i] as number) + (data[i] as number);
    }
  }
  return fromData(
    sum.map((value) => value / answers.length),
    first.shape,
  );
}

function numbersOf(answer: Payload, name: string): NdArray<'float64'> {
  if (!(answer instanceof NdArray)) {
    throw badAnswer(`expected an array of numbers from ${name}, got ${kindOf(answer)}`);
  }
  if (answer.shape.length !== 2) {
    throw badAnswer(`expected an array of two axes from ${name}, got the shape (${answer.shape})`);
  }
  try {
    return answer.asType('float64');
  } catch (error) {
    throw badAnswer(`expected an array of numbers from ${name}: ${toSeldonError(error).message}`);
  }
}

/** Status 500, as the orchestrator of Seldon Core 1.1 answered. */
function badAnswer(info: string): Error {
  return graphError('GRAPH_BAD_ANSWER', info, { status: 500 });
}
