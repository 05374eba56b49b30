import { readFileSync } from 'node:fs';

/** A documented event of AWS, from test/fixtures/records; a new copy each time. */
export function recordsFixture(
  name: string,
): Record<string, unknown> & { Records: Record<string, unknown>[] } {
  const url = new URL(`../../fixtures/records/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** Makes an event of texts, in the shape of one source; the ids are `r0`, `r1`, ... */
export type ToEvent = (texts: readonly string[]) => { Records: object[] };

/** Sources of several records: their events, and the id by which a result names the record at a place. */
export const recordEvents = {
  sqs: (texts) => eventOf('sqs', texts, (body, index) => ({ messageId: `r${index}`, body })),
  fifo: (texts) => eventOf('sqs-fifo', texts, (body, index) => ({ messageId: `r${index}`, body })),
  kinesis: (texts) =>
    eventOf('kinesis', texts, (text, index, { kinesis }) => ({
      eventID: `shardId-000000000006:r${index}`,
      kinesis: {
        ...(kinesis as object),
        sequenceNumber: `r${index}`,
        data: Buffer.from(text).toString('base64'),
      },
    })),
  dynamodb: (texts) =>
    eventOf('dynamodb', texts, (text, index, { dynamodb }) => ({
      eventID: `event-r${index}`,
      dynamodb: {
        ...(dynamodb as object),
        SequenceNumber: `r${index}`,
        NewImage: { strData: { S: textOf(text) } },
      },
    })),
} satisfies Record<string, ToEvent>;

/** The text of a message with strData. */
function textOf(message: string): string {
  return (JSON.parse(message) as { strData: string }).strData;
}

function eventOf(
  name: string,
  texts: readonly string[],
  change: (text: string, index: number, record: Record<string, unknown>) => object,
): { Records: object[] } {
  const [record = {}] = recordsFixture(name).Records;
  return { Records: texts.map((text, index) => ({ ...record, ...change(text, index, record) })) };
}
