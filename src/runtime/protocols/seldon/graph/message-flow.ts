import { NdArray } from '../../../arrays/ndarray.ts';
import type { HttpRequest } from '../../../http/request.ts';
import type { Meta } from '../../../model/message.ts';
import type { Payload, PayloadField } from '../../../model/model.ts';
import type { ArrayKind } from '../../../model/payload-kinds.ts';
import type { Flow } from '../../graph-wire.ts';
import type { Call, Received, Reply } from '../../protocol.ts';
import { READERS, toCall } from '../read-request.ts';

/** A decoded message, which belongs to its reader. */
export interface OwnMessage {
  readonly features: Payload;
  readonly names: string[];
  readonly meta: Meta | undefined;
  /** Of a message that came from outside; answers of this process have none. */
  readonly status?: unknown;
  /** The kind of an array in the answer. */
  readonly arrayKind: ArrayKind;
  /** The bytes that its array takes beyond those that were sent. */
  readonly grownBytes: number;
}

/** The header of a message that was written here. */
export const JSON_TYPE = { 'content-type': 'application/json' };

/** Routing of a graph, by the name of a unit. */
export type Routing = Readonly<Record<string, number>>;

/** A message between two units that speak Seldon's protocol. */
export abstract class MessageFlow implements Flow {
  abstract reply(): Promise<Reply>;

  /**
   * Decodes the message for one reader.
   *
   * @param place - of the message in a list, for errors; empty for a message alone.
   * @param accepts - the fields that the reader takes; undefined: all.
   */
  abstract decode(place: string, accepts?: readonly PayloadField[]): OwnMessage | Promise<OwnMessage>;

  /** The same message with `meta.routing`. */
  abstract withRouting(routing: Routing): Promise<MessageFlow>;

  /** The message as a request. */
  async request(): Promise<HttpRequest> {
    const { body, headers = JSON_TYPE } = await this.reply();
    return { method: 'POST', path: '', query: {}, headers, body };
  }

  /** The value where the route stands in a router's answer. */
  async route(): Promise<unknown> {
    const { features } = await this.decode('');
    return features instanceof NdArray ? features.toFlat()[0] : undefined;
  }

  /**
   * The message as an item of a JSON list.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA for what is not JSON.
   */
  async item(): Promise<MessageFlow> {
    return this;
  }

  receive(): Received<'message'> {
    return {
      rawArguments: async () => (await READERS.message(await this.request())).rawArguments?.() ?? [],
      decode: (_unitId, accepts) => {
        const own = this.decode('', accepts);
        return own instanceof Promise ? own.then(toMessageCall) : toMessageCall(own);
      },
    };
  }
}

function toMessageCall({ features, names, meta, arrayKind }: OwnMessage): Call<'message'> {
  return toCall({ features, names, meta }, { arrayKind, puid: meta?.puid, metas: meta ? [meta] : [] });
}
