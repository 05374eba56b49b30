import type { SeldonMessage } from 'seldon-lambda';
import { RAW } from './raw-answers.ts';

/** Answers whatever message the request names. */
export class RawZoo {
  predictRaw(message: SeldonMessage) {
    return RAW[String(message.strData)]();
  }

  transformInputRaw(message: SeldonMessage) {
    return RAW[String(message.strData)]();
  }
}
