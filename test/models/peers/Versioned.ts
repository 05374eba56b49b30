import type { MetadataInput } from 'seldon-lambda';
import { Sum } from './Sum.ts';

/** Version 1 of `versioned`. */
export class Versioned extends Sum {
  initMetadata(): MetadataInput {
    return { name: 'versioned', versions: ['1'] };
  }
}
