import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { modelFile } from 'seldon-lambda';

/** Says what is in the file whose name it is asked. */
export class Files {
  predict(name: string) {
    return {
      name,
      sha256: createHash('sha256')
        .update(readFileSync(modelFile(name)))
        .digest('hex'),
    };
  }
}
