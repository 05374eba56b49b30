import { readNumberTexts } from '../conformance/number-texts.ts';

/** The name of the header that says how long the JSON before binary tensors is. */
const HEADER = 'inference-header-content-length';

/** An answer in a form that can be compared. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly allow: string | undefined;
  /**
   * The JSON, with numbers as texts of their digits; outputs in binary have `bytes`, in hexadecimal digits.
   * The text, where it is no JSON; `''` without a body.
   */
  readonly body: unknown;
}

/**
 * Reads an answer.
 *
 * @throws Error when binary tensors do not have exactly the bytes that the JSON says.
 */
export function readAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): Answer {
  const { allow, 'content-type': contentType, [HEADER]: length } = headers;
  const bytes = Buffer.from(body);
  const json = length === undefined ? bytes : bytes.subarray(0, Number(length));
  return {
    status,
    contentType: contentType?.split(';', 1)[0],
    allow,
    body:
      length === undefined
        ? parsed(json.toString())
        : withBytes(parsed(json.toString()), bytes.subarray(json.length)),
  };
}

function parsed(text: string): unknown {
  try {
    return readNumberTexts(text);
  } catch {
    return text;
  }
}

interface Output {
  readonly parameters?: Readonly<Record<string, unknown>>;
}

function withBytes(json: unknown, bytes: Buffer): unknown {
  const body = json as { outputs: readonly Output[] };
  let offset = 0;
  const outputs = body.outputs.map((output) => {
    const { binary_data_size: size, ...parameters } = output.parameters ?? {};
    if (size === undefined) {
      return output;
    }
    const end = offset + Number(String(size).replace('number ', ''));
    const hex = bytes.subarray(offset, end).toString('hex');
    offset = end;
    return { ...output, parameters: Object.keys(parameters).length > 0 ? parameters : undefined, bytes: hex };
  });
  if (offset !== bytes.length) {
    throw new Error(`the outputs have ${offset} bytes, and there are ${bytes.length} behind the JSON`);
  }
  return { ...body, outputs };
}
