import { SeldonNotImplementedError } from 'seldon-lambda';

/** Has a description that is not implemented. */
export class MetaNotImpl {
  initMetadata() {
    throw new SeldonNotImplementedError('init_metadata is not implemented');
  }
}
