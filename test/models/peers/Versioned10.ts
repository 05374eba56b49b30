import type { MetadataInput } from 'seldon-lambda';
import { Identity } from './Identity.ts';

/** Version 10 of `versioned`. */
export class Versioned10 extends Identity {
  initMetadata(): MetadataInput {
    return { name: 'versioned', versions: ['10'] };
  }
}
