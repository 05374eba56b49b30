/** A server's reply to one command; a Buffer is a view of the bytes that came. */
export type Reply = Buffer | string | number | null | RedisRefusal | readonly (Buffer | null)[];

/** A server's reply that a command is refused; its message begins with a code, as in `WRONGPASS ...`. */
export class RedisRefusal extends Error {}

/** The longest line of a reply in bytes; a server's own are some hundred. */
const MAX_LINE = 16_384;
/** The most values in a list; a command of the store is answered with two. */
const MAX_VALUES = 1024;
/** The longest value in bytes: the limit of Redis. */
const MAX_VALUE = 512 * 1024 * 1024;

/**
 * Reads the replies of a Redis server from its bytes, in whatever pieces they come: version 2 of the
 * protocol, as servers speak it until a client asks for another one. Lists hold values alone, as the replies
 * to the store's commands do.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export class ReplyReader {
  #pieces: Buffer[] = [];
  #size = 0;
  /** There is no whole reply in fewer bytes than these. */
  #needed = 1;

  /**
   * The replies that are whole with `piece`. Bytes of a large value are joined once, when all of them are
   * there.
   *
   * @throws Error for bytes that are no reply.
   */
  read(piece: Buffer): Reply[] {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size < this.#needed) {
      return [];
    }
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#size);
    const scan = new Scan(bytes);
    const replies: Reply[] = [];
    let start = 0;
    for (let reply = scan.reply(); reply !== undefined; reply = scan.reply()) {
      replies.push(reply);
      start = scan.at;
    }
    const rest = bytes.subarray(start);
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    this.#needed = scan.needed - start;
    return replies;
  }
}

/** A pass over bytes. What is not whole is undefined, and `needed` says how many bytes it takes at least. */
class Scan {
  readonly #bytes: Buffer;
  at = 0;
  needed = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  reply(): Reply | undefined {
    const line = this.#line();
    if (line === undefined) {
      return undefined;
    }
    const text = line.slice(1);
    switch (line[0]) {
      case '+':
        return text;
      case '-':
        return new RedisRefusal(text);
      case ':':
        return numberOf(line, Number.MAX_SAFE_INTEGER);
      case '$':
        return this.#value(numberOf(line, MAX_VALUE));
      case '*':
        return this.#list(numberOf(line, MAX_VALUES));
      default:
        throw notRedis();
    }
  }

  #list(length: number): Reply | undefined {
    if (length < 0) {
      return null;
    }
    const values: (Buffer | null)[] = [];
    while (values.length < length) {
      const line = this.#line();
      if (line === undefined) {
        return undefined;
      }
      if (line[0] !== '$') {
        throw notRedis();
      }
      const value = this.#value(numberOf(line, MAX_VALUE));
      if (value === undefined) {
        return undefined;
      }
      values.push(value);
    }
    return values;
  }

  #value(length: number): Buffer | null | undefined {
    if (length < 0) {
      return null;
    }
    const [start, end] = [this.at, this.at + length];
    if (end + 2 > this.#bytes.length) {
      this.needed = end + 2;
      return undefined;
    }
    if (this.#bytes[end] !== 13 || this.#bytes[end + 1] !== 10) {
      throw notRedis();
    }
    this.at = end + 2;
    return this.#bytes.subarray(start, end);
  }

  /** A line without its end; the first character is the kind of what follows. */
  #line(): string | undefined {
    const end = this.#bytes.indexOf('\r\n', this.at);
    const length = (end < 0 ? this.#bytes.length : end) - this.at;
    // An empty line has no kind; something else than Redis may never end its line.
    if (length > MAX_LINE || end === this.at) {
      throw notRedis();
    }
    if (end < 0) {
      this.needed = this.#bytes.length + 1;
      return undefined;
    }
    const line = this.#bytes.toString('utf8', this.at, end);
    this.at = end + 2;
    return line;
  }
}

/** The number of a line, as in `$5`; -1 stands for nothing. */
function numberOf(line: string, max: number): number {
  const number = Number(line.slice(1));
  if (!/^.-?\d+$/.test(line) || number > max) {
    throw notRedis();
  }
  return number;
}

function notRedis(): Error {
  return new Error('the answer is not that of a Redis server');
}
