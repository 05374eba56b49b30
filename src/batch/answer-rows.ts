import type { BatchTags } from './batch-tags.ts';
import { type CallSettings, call } from './call.ts';
import type { Protocol } from './protocol.ts';
import type { Item } from './request.ts';
import { BadRow, type Row } from './row.ts';
import type { Refused } from './target.ts';

/** How lines become answers. */
export interface AnswerSettings extends CallSettings {
  readonly protocol: Protocol;
  readonly tags: BatchTags;
  /** Gets each line that could not be answered. */
  readonly onFailure: (row: Row, failure: Failure) => void;
  /** Called when an answer does not have one row for each row of its request. */
  readonly onMismatch: () => void;
}

/** Why a line could not be answered. */
export interface Failure {
  /** The same for failures of the same kind. */
  readonly kind: string;
  readonly reason: string;
  /** The refusal of the request, if the line was sent. */
  readonly refused?: Refused | undefined;
}

/**
 * The lines of the output for lines of the same key, in their order.
 *
 * A request that is refused for its content is sent again in two halves, and these again: so a line that
 * cannot be answered fails alone.
 */
export async function answerRows(
  settings: AnswerSettings,
  items: readonly [Item, ...Item[]],
): Promise<readonly string[]> {
  const { protocol, tags, onMismatch } = settings;
  const outcome = await call(settings, protocol.toRequest(tags, items));
  if (!outcome.isAnswered) {
    const { kind: name, reason, maySplit } = outcome;
    return items.length > 1 && maySplit
      ? inHalves(settings, items)
      : items.map(({ row }) => fail(settings, row, { kind: name, reason, refused: outcome }));
  }
  try {
    const lines = protocol.toLines(outcome, items, tags);
    if (lines !== undefined) {
      return lines;
    }
    onMismatch();
  } catch (error) {
    if (!(error instanceof BadRow)) {
      throw error;
    }
    if (items.length === 1) {
      return [fail(settings, items[0].row, { kind: 'the answer', reason: error.message })];
    }
  }
  return inHalves(settings, items);
}

async function inHalves(
  settings: AnswerSettings,
  items: readonly [Item, ...Item[]],
): Promise<readonly string[]> {
  const middle = Math.ceil(items.length / 2);
  const [first, ...rest] = items.slice(middle);
  const halves = await Promise.all([
    answerRows(settings, [items[0], ...items.slice(1, middle)]),
    first === undefined ? [] : answerRows(settings, [first, ...rest]),
  ]);
  return halves.flat();
}

/** The line of the output for a line that cannot be answered, which is counted. */
export function fail(settings: AnswerSettings, row: Row, failure: Failure): string {
  settings.onFailure(row, failure);
  return settings.protocol.toFailureLine(row, failure.reason, settings.tags);
}
