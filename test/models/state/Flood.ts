import { type Model, SeldonResponse, timer } from 'seldon-lambda';

/** Observes a timer for each of the tags that the features name, from the first to the last. */
export class Flood implements Model {
  predict({ data: [from, to] }: { data: [number, number] }): SeldonResponse {
    const metrics = Array.from({ length: to - from }, (_, index) =>
      timer('flood', 5, { tag: `${from + index}` }),
    );
    return new SeldonResponse([], { metrics });
  }
}
