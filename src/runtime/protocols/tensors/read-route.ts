import { graphError } from '../../graph-error.ts';
import { decodeText } from '../../json/decode-text.ts';
import { isRecord } from '../../objects.ts';
import { parseJson } from '../../parse-json.ts';
import { show } from '../../show.ts';
import type { Reply } from '../protocol.ts';
import type { GraphWords } from './graph-wire.ts';

/**
 * Reads the child that a router has chosen: the first number of a JSON list, of the first tensor of an
 * answer, or of a SeldonMessage.
 *
 * @throws SeldonError GRAPH_BAD_ROUTE when there is no whole number.
 */
export async function readRoute(reply: Reply, { members, toJson }: GraphWords): Promise<number> {
  const { body } = toJson === undefined ? reply : await toJson(reply);
  const json = parseJson(typeof body === 'string' ? body : decodeText(body));
  const found = Array.isArray(json) ? json : isRecord(json) ? placeOf(json, members.answer) : undefined;
  const route = firstOf(found);
  if (typeof route === 'number' && Number.isSafeInteger(Math.trunc(route))) {
    return Math.trunc(route);
  }
  const got = route === undefined ? 'none' : show(route);
  throw graphError('GRAPH_BAD_ROUTE', `expected a number in the answer of the router, got ${got}`);
}

function placeOf(json: Readonly<Record<string, unknown>>, member: string): unknown {
  const first = firstOf(json[member]);
  if (first !== undefined) {
    return isRecord(first) ? first.data : first;
  }
  const { data } = json;
  const { ndarray, tensor } = isRecord(data) ? data : {};
  return ndarray ?? (isRecord(tensor) ? tensor.values : undefined);
}

/** The first element of nested lists. */
function firstOf(value: unknown): unknown {
  let inner = value;
  while (Array.isArray(inner)) {
    inner = inner[0];
  }
  return inner;
}
