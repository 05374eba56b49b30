import { NdArray } from '../../arrays/ndarray.ts';
import { badData, SeldonError } from '../../errors.ts';
import { stringify, toJsonValue } from '../../json/write-json.ts';
import type { Meta } from '../../model/message.ts';
import type { Answer, AnswerSettings, Reply } from '../protocol.ts';
import { answerMeta } from './answer-meta.ts';
import { ARRAY_KINDS, type ArrayKind, type PayloadKind } from './codecs/codec.ts';
import { codecs, type EncodedAs } from './codecs/index.ts';
import { defaultNames } from './default-names.ts';

/**
 * The most default names that are made; they take 5.6 of the 6 MB of an answer. The limit is needed because
 * an empty array may have axes of any length.
 */
const MAX_COLUMNS = 2 ** 19;

/** Parts of a request that go into its answer. */
export interface Carried {
  /** The kind of an array in the answer; undefined for a list without messages. */
  readonly arrayKind: ArrayKind | undefined;
  readonly puid: Meta['puid'];
  /** The meta of each message, in order; tags and requestPath of later ones win. */
  readonly metas: readonly Meta[];
  /** The status of the first message: only code of this package carries it into its answer. */
  readonly status?: unknown;
  /** Whether empty `names` are left out, as protobuf does; default: false. */
  readonly omitsNames?: boolean;
}

/** Writes an answer as a SeldonMessage. */
export async function encodeAnswer(
  answer: Answer,
  carried: Carried,
  settings: AnswerSettings,
): Promise<Reply> {
  // Checked only now, after the call of the method, as in the reference.
  if (carried.arrayKind === undefined) {
    throw badData('seldonMessages: expected at least one message, got an empty list');
  }
  const made = codecs.encode(answer.payload, carried.arrayKind);
  const { kind, encoded } = made instanceof Promise ? await made : made;
  const meta = answerMeta(answer, carried, settings);
  const makeNames = 'value' in encoded ? defaultNames : namesBesideText;
  const named = isArrayKind(kind) ? columnNames(answer, makeNames) : undefined;
  let names = named instanceof Promise ? await named : named;
  if (carried.omitsNames && Array.isArray(names) && names.length === 0) {
    names = undefined;
  }
  return { body: writeMessage({ kind, encoded }, names, meta) };
}

/** Writes a message. `names`: the names of an array's columns; undefined: without them. */
export function writeMessage({ kind, encoded }: EncodedAs, names: unknown, meta: object): string {
  if ('value' in encoded) {
    return stringify(join(kind, encoded.value, names, meta));
  }
  const [before, after] = textAround(kind, names, meta);
  return 'text' in encoded ? `${before}${encoded.text}${after}` : encoded.write(before, after);
}

/** Makes the object of an answer. `names`: the names of an array's columns; undefined: without them. */
function join(kind: PayloadKind, value: unknown, names: unknown, meta: object): unknown {
  // JSON has no undefined: such a field is left out.
  return isArrayKind(kind) ? { data: { names, [kind]: value }, meta } : { [kind]: value, meta };
}

/** The JSON text of the same answer around the payload. */
function textAround(kind: PayloadKind, names: unknown, meta: object): [before: string, after: string] {
  const named =
    names === undefined ? '' : `"names":${typeof names === 'function' ? names() : stringify(names)},`;
  const end = `,"meta":${stringify(meta)}}`;
  return isArrayKind(kind) ? [`{"data":{${named}"${kind}":`, `}${end}`] : [`{"${kind}":`, end];
}

function isArrayKind(kind: PayloadKind): boolean {
  return ARRAY_KINDS.some((array) => array === kind);
}

/** The names of the second axis; empty for an array with fewer axes. */
export function columnNames({ payload, classNames }: Answer, makeNames: MakeNames = defaultNames): unknown {
  if (!(payload instanceof NdArray) || payload.shape.length < 2) {
    return [];
  }
  const names = classNames();
  return names instanceof Promise
    ? names.then((own) => ownOrDefault(own, payload, makeNames))
    : ownOrDefault(names, payload, makeNames);
}

/** Makes the default names of so many columns: a list, or what gives their JSON text. */
type MakeNames = (columns: number) => string[] | Promise<() => string>;

function ownOrDefault(names: unknown, payload: NdArray, makeNames: MakeNames): unknown {
  if (names !== undefined) {
    return toJsonValue(names instanceof NdArray ? names.toNested() : names, 'classNames');
  }
  const columns = payload.shape[1] as number;
  if (columns > MAX_COLUMNS) {
    throw new SeldonError(
      'MICROSERVICE_PAYLOAD_TOO_LARGE',
      `the default names of ${columns} columns do not fit into an answer`,
    );
  }
  return makeNames(columns);
}

/** Names beside an array that is written as text: those of many columns would be as large as a list. */
const namesBesideText: MakeNames = (columns) =>
  columns > 1000
    ? import('./many-names.ts').then(
        ({ manyNames }) =>
          () =>
            manyNames(columns),
      )
    : defaultNames(columns);
