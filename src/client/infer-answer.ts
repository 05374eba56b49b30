import { DATATYPES, isDatatype } from '../runtime/arrays/datatypes.ts';
import { isLength, MAX_AXES } from '../runtime/arrays/shape.ts';
import { isRecord } from '../runtime/objects.ts';
import { show } from '../runtime/show.ts';
import { InferOutput } from './infer-output.ts';
import { parseJson } from './parse-json.ts';
import type { Content } from './send.ts';
import type { TensorParameters } from './tensor.ts';

/** The facts that came with an answer, beside its content. */
interface Envelope {
  readonly status: number;
  readonly headers: Headers;
  readonly tries: number;
}

/** The answer of `infer`. */
export class InferAnswer {
  /** All outputs, in the order of the answer. */
  readonly outputs: readonly InferOutput[];
  readonly modelName: string | undefined;
  readonly modelVersion: string | undefined;
  /** That of the request, or one that the server made. */
  readonly id: string | undefined;
  /** Of the whole answer; seldon-lambda has the tags of the model in it. */
  readonly parameters: TensorParameters;
  /** HTTP status, 200..299. */
  readonly status: number;
  readonly headers: Headers;
  /** Number of requests that were sent for this answer. */
  readonly tries: number;

  /**
   * @internal Use a client.
   * @throws TypeError for a content that is no answer.
   */
  constructor(content: Content, { status, headers, tries }: Envelope) {
    const json = parseJson(content.text);
    if (!isRecord(json)) {
      throw new TypeError(`expected an object with outputs as JSON, got ${show(content.text)}`);
    }
    this.outputs = readOutputs(json, content.tail);
    this.modelName = toText(json.model_name);
    this.modelVersion = toText(json.model_version);
    this.id = toText(json.id);
    this.parameters = isRecord(json.parameters) ? json.parameters : {};
    this.status = status;
    this.headers = headers;
    this.tries = tries;
  }

  /**
   * An output by its name; without one, the only output.
   *
   * @throws TypeError naming the outputs that there are.
   */
  output(name?: string): InferOutput {
    const found = name === undefined ? this.outputs : this.outputs.filter((output) => output.name === name);
    const [output] = found;
    if (output === undefined || found.length > 1) {
      const wanted = name === undefined ? 'no name' : show(name);
      throw new TypeError(
        `expected one of ${this.outputs.map((each) => each.name).join(', ')}, got ${wanted}`,
      );
    }
    return output;
  }

  /** The id under which the log of the functions has this call. */
  get puid(): string | undefined {
    return this.headers.get('seldon-puid') ?? undefined;
  }
}

/**
 * The outputs of an answer.
 *
 * @param json - of the answer.
 * @param tail - bytes behind it, in the order of the outputs that are not in the JSON.
 * @throws TypeError naming the member that is wrong.
 */
export function readOutputs(json: Readonly<Record<string, unknown>>, tail: Content['tail']): InferOutput[] {
  const { outputs } = json;
  if (!Array.isArray(outputs)) {
    throw new TypeError(`outputs: expected a list, got ${show(outputs)}`);
  }
  let at = 0;
  const read = outputs.map((output: unknown, index) => {
    const place = `outputs[${index}]`;
    if (!isRecord(output)) {
      throw wrong(place, 'an object {name, shape, datatype, data}', output);
    }
    const { name, datatype, shape, data } = output;
    if (typeof name !== 'string') {
      throw wrong(`${place}.name`, 'a name', name);
    }
    if (!isDatatype(datatype)) {
      throw wrong(`${place}.datatype`, `one of ${Object.keys(DATATYPES).join(', ')}`, datatype);
    }
    if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isLength)) {
      throw wrong(`${place}.shape`, `a list of at most ${MAX_AXES} lengths`, shape);
    }
    const { binary_data_size: size, ...parameters } = isRecord(output.parameters) ? output.parameters : {};
    if (size === undefined) {
      return new InferOutput({ name, datatype, shape, parameters, content: data });
    }
    if (!isLength(size) || at + size > (tail?.length ?? 0)) {
      const left = (tail?.length ?? 0) - at;
      throw wrong(`${place}.parameters.binary_data_size`, `at most the ${left} bytes behind the JSON`, size);
    }
    at += size;
    return new InferOutput({ name, datatype, shape, parameters, content: tail?.subarray(at - size, at) });
  });
  if (tail !== undefined && at < tail.length) {
    throw new TypeError(`expected ${at} bytes behind the JSON, got ${tail.length}`);
  }
  return read;
}

function wrong(place: string, expected: string, found: unknown): TypeError {
  return new TypeError(`${place}: expected ${expected}, got ${show(found)}`);
}

/** MLServer and KServe may answer null. */
function toText(value: unknown): string | undefined {
  return value == null ? undefined : String(value);
}
