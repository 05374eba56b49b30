import { isRecord } from '../../objects.ts';

/** An item of a Distributed Map, as the state machine selects it. */
export interface MapItem {
  /** Its place among all items, from 0 on. */
  readonly index: number;
  readonly value: unknown;
}

/** The input of one execution for a batch of items, and of each further call for those that are left. */
export interface MapEvent {
  readonly BatchInput: {
    /** The name of the run: the ids of its items begin with it. */
    readonly run: string;
    /** What an item is: a message, the cells of a row, or the name of a file of messages. */
    readonly format: 'jsonl' | 'json' | 'csv' | 'inventory';
    /** The bucket and the folder of the answers. */
    readonly output: { readonly bucket: string; readonly prefix: string };
  };
  readonly Items: readonly MapItem[];
  /** The items that earlier calls of the same execution have answered. */
  readonly done?: Counts;
}

/** How many items have an answer, and how many a line that says why they have none. */
export interface Counts {
  readonly answered: number;
  readonly failed: number;
}

const FORMATS = ['jsonl', 'json', 'csv', 'inventory'];

/**
 * Whether an event is a batch of items, as the state machine of this package sends it.
 *
 * @see "ItemBatcher (Map)", Step Functions developer guide
 */
export function isMapEvent(event: unknown): event is MapEvent {
  if (!isRecord(event) || !isRecord(event.BatchInput) || !Array.isArray(event.Items)) {
    return false;
  }
  const { run, format, output } = event.BatchInput;
  return (
    typeof run === 'string' &&
    FORMATS.includes(String(format)) &&
    isRecord(output) &&
    typeof output.bucket === 'string' &&
    typeof output.prefix === 'string' &&
    event.Items.every((item: unknown) => isRecord(item) && typeof item.index === 'number')
  );
}
