import { type MetadataInput, type Payload, SeldonError } from 'seldon-lambda';
import { onlyArray } from './infer-request.ts';

/** Answers its input of the shape [rows,2] as OUTPUT0. */
export class AddSub {
  predict(X: Payload) {
    const array = onlyArray(X);
    if (array.shape.length !== 2 || array.shape[1] !== 2) {
      throw new SeldonError('MICROSERVICE_BAD_DATA', `expected the shape [rows,2], got [${array.shape}]`);
    }
    return { OUTPUT0: array };
  }

  initMetadata(): MetadataInput {
    return {
      name: 'add_sub',
      versions: ['1'],
      platform: 'seldon-lambda',
      inputs: [{ name: 'INPUT0', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [{ name: 'OUTPUT0', datatype: 'FP32', shape: [-1, 2] }],
    };
  }
}
