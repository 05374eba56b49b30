import type { Payload } from 'seldon-lambda';

/** Answers the first of the messages that it combines. */
export class First {
  aggregate(features: readonly Payload[]): Payload {
    return features[0] as Payload;
  }
}
