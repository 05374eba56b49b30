import type { Payload } from 'seldon-lambda';
import { METAS } from './metadatas.ts';

/** Describes itself as its parameter names, right or wrong. */
export class MetaZoo {
  readonly kind: string;

  constructor({ kind = 'v1' }: { kind?: string } = {}) {
    this.kind = kind;
  }

  initMetadata() {
    return METAS[this.kind];
  }

  predict(X: Payload) {
    return X;
  }
}
