/** Fails to describe itself. */
export class MetaRaises {
  initMetadata() {
    throw new Error('cannot read metadata');
  }
}
