import { fromNested, type Meta, type Payload } from 'seldon-lambda';
import { namedInputs, onlyArray } from './infer-request.ts';

const ENGLISH = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: '2-digit',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** Answers times in ISO 8601, and their days as English text. */
export class Dates {
  predict(X: Payload, _names: string[], meta?: Meta) {
    const { when } = namedInputs(X, meta);
    const texts = onlyArray(when as Payload).toFlat() as string[];
    const times = texts.map((text) => new Date(/T/.test(text) ? `${text}Z` : text));
    return {
      when: fromNested(times.map((time) => time.toISOString().slice(0, 19))),
      text: fromNested(times.map((time) => ENGLISH.format(time).replace(',', ''))),
    };
  }
}
