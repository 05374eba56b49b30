import type { Payload } from 'seldon-lambda';
import { mean } from './array-math.ts';

/** Answers the elementwise mean of its inputs. */
export class AggMean {
  aggregate(Xs: Payload[]) {
    return mean(Xs);
  }
}
