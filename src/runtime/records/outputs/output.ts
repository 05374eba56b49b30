import type { AwsSettings, S3Settings } from '../../clients/aws-settings.ts';

/** An answer on its way. */
export interface Answer {
  /** The id of its record. */
  readonly id: string;
  /** The group of a FIFO queue that its record was in. */
  readonly group?: string | undefined;
  /** JSON on one line, a SeldonMessage. */
  readonly text: string;
}

/** Takes the answers of records. */
export interface Output {
  /** The most answers of one call, and the most bytes of their text together. */
  readonly maxAnswers: number;
  readonly maxBytes: number;
  /**
   * Sends answers in one call.
   *
   * @returns the places, in `answers`, of those that were refused, with the reason.
   * @throws Error when it is not known that any was taken.
   */
  send(answers: readonly Answer[], call: SendCall): Promise<readonly Refusal[]>;
}

/** The time and the name of a call. */
export interface SendCall {
  readonly timeoutMs: number;
  /** A name for what is written at once, used for no other event: AWS's id of the invocation. */
  readonly name: string;
}

/** An answer that an output did not take. */
export interface Refusal {
  readonly index: number;
  readonly info: string;
}

/** What an output needs beside its URL. */
export interface OutputSettings extends AwsSettings, S3Settings {
  /** Endpoints of an emulator; undefined: those of AWS. */
  readonly endpoints: Readonly<Record<'sqs' | 'events' | 'firehose', string | undefined>>;
}

/** Opens an output by its URL, whose scheme is its own; no connection is made yet. */
export type OpenOutput = (url: URL, settings: OutputSettings) => Output;
