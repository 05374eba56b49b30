import { METAS } from './metadatas.ts';

/** Describes itself by a method that is no longer called. */
export class MetaOldName {
  metadata() {
    return METAS.v2;
  }
}
