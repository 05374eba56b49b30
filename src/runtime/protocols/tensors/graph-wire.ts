import { graphError } from '../../graph-error.ts';
import type { HttpRequest } from '../../http/request.ts';
import { decodeText } from '../../json/decode-text.ts';
import { parseJson } from '../../parse-json.ts';
import type { FeedbackWire, Flow, GraphWire, Sent, UnitMethod, UnitPath } from '../graph-wire.ts';
import type { ReadRequest, Received, Reply } from '../protocol.ts';
import { readRoute } from './read-route.ts';

/** What sets the graphs of one protocol of tensors apart from those of another. */
export interface GraphWords {
  /** The readers of requests. */
  readonly read: {
    readonly message: ReadRequest<'message'>;
    readonly messageList: ReadRequest<'messageList'>;
  };
  pathOf(method: UnitMethod, unit: string, request: HttpRequest): UnitPath;
  /** The member with the tensors of an answer, and that of a request. */
  readonly members: { readonly answer: string; readonly request: string };
  /**
   * The answer with the member of a request in place of its own; the answer itself where it has that of a
   * request. Undefined: it has neither, or is no JSON.
   *
   * @param request - of the graph.
   */
  chain(reply: Reply, request: HttpRequest): Reply | undefined | Promise<Reply | undefined>;
  /** The answer as JSON, where its protocol has another form for tensors; default: it has none. */
  toJson?(reply: Reply): Promise<Reply>;
  /** See {@link GraphWire}. */
  toValue?(flow: Flow): Promise<unknown>;
  /** See {@link GraphWire}. */
  readMetadata?(answered: unknown): unknown;
  readonly feedback: FeedbackWire;
}

/** Headers of a request that say what its body is. */
const OF_BODY = ['content-type', 'content-encoding', 'inference-header-content-length'] as const;

/**
 * Makes the messages of the graphs of a protocol of tensors. Between units, the tensors of an answer become
 * those of a request; everything else of the answer stays. A combiner gets a list of answers as they are.
 *
 * The protocol has no place for the routing of an answer, so that is left out.
 */
export function createGraphWire(words: GraphWords): GraphWire {
  const { read, pathOf, readMetadata, toValue, feedback } = words;
  const ofReply = (reply: Reply) => new TensorFlow(reply, words, { isAnswer: true });
  return {
    pathOf,
    ...(readMetadata && { readMetadata }),
    ...(toValue && { toValue }),
    feedback: async () => feedback,
    ofReply,
    ofRequest: ({ body = '', headers, message }) =>
      new TensorFlow(
        message === undefined
          ? { body, headers: only(headers, OF_BODY) }
          : { body: JSON.stringify(message), headers: JSON_TYPE },
        words,
        {},
      ),
    async ofAnswer(call, answer, settings) {
      return new TensorFlow(await call.encode(answer, settings), words, { isAnswer: true, isJson: true });
    },
    toRequest: (flow, request) => (flow as TensorFlow).toRequest(request),
    join: (flows) => {
      const joined = once(() => joinText(flows));
      return {
        reply: joined,
        receive: (sent) => receiver(async () => read.messageList(toHttpRequest(await joined(), sent))),
      };
    },
    readRoute: async (flow) => readRoute(await flow.reply(), words),
    withRouting: async (flow) => flow,
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** What is known of a message before it is read. */
interface Known {
  /** Whether it answers a unit. */
  readonly isAnswer?: boolean;
  /** Whether it was written here. */
  readonly isJson?: boolean;
}

/** A message of a protocol of tensors, in the form in which it came. */
class TensorFlow implements Flow {
  readonly #reply: Reply;
  readonly #words: GraphWords;
  readonly #known: Known;

  constructor(reply: Reply, words: GraphWords, known: Known) {
    this.#reply = reply;
    this.#words = words;
    this.#known = known;
  }

  /** The message as an item of a JSON list; undefined for what is none. */
  async item(): Promise<string | undefined> {
    const { toJson } = this.#words;
    const { body } = toJson === undefined ? this.#reply : await toJson(this.#reply);
    const text = typeof body === 'string' ? body : decodeText(body);
    return this.#known.isJson || parseJson(text) !== undefined ? text : undefined;
  }

  async reply(): Promise<Reply> {
    return this.#reply;
  }

  receive(sent: Sent): Received<'message'> {
    return receiver(() => this.#words.read.message(toHttpRequest(this.#reply, sent)));
  }

  /** The message as a request: an answer is rewritten when it is first read. */
  toRequest(request: HttpRequest): Flow {
    return this.#known.isAnswer ? new ChainedFlow(this.#reply, this.#words, request) : this;
  }
}

/** An answer on its way to be a request. */
class ChainedFlow implements Flow {
  readonly #chained: () => Promise<Reply>;
  readonly #words: GraphWords;

  constructor(answer: Reply, words: GraphWords, request: HttpRequest) {
    this.#words = words;
    this.#chained = once(async () => {
      const chained = await words.chain(answer, request);
      if (chained === undefined) {
        const { answer: own, request } = words.members;
        throw graphError(
          'GRAPH_BAD_ANSWER',
          `the answer of the unit before has neither ${own} nor ${request}, so no unit can follow it`,
          { status: 500 },
        );
      }
      return chained;
    });
  }

  reply(): Promise<Reply> {
    return this.#chained();
  }

  receive(sent: Sent): Received<'message'> {
    return receiver(async () => this.#words.read.message(toHttpRequest(await this.#chained(), sent)));
  }
}

function receiver<K extends 'message' | 'messageList'>(read: () => Promise<Received<K>>): Received<K> {
  return { decode: async (...unit) => (await read()).decode(...unit) };
}

/** A message as a request. Arrays may be views of its body, so each reader gets one of its own. */
function toHttpRequest({ body, headers: own = JSON_TYPE }: Reply, { path, headers }: Sent): HttpRequest {
  const copy = typeof body === 'string' ? body : Buffer.from(body);
  return { method: 'POST', path, query: {}, headers: { ...headers, ...own }, body: copy };
}

function only(headers: HttpRequest['headers'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

/** Runs `make` at most once. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The answers as a JSON list. A graph has one protocol, whose flows are all made here. */
async function joinText(flows: readonly Flow[]): Promise<Reply> {
  const texts: string[] = [];
  for (const flow of flows) {
    const text = await (flow as TensorFlow).item();
    if (text === undefined) {
      throw (await import('../../combination-error.ts')).combinationError(texts.length);
    }
    texts.push(text);
  }
  return { body: `[${texts.join()}]`, headers: JSON_TYPE };
}
