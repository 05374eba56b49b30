import type { MetadataInput } from 'seldon-lambda';
import { Probe } from './Probe.ts';

/** The same with metadata: an input of floats and one of texts. */
export class ProbeNp extends Probe {
  initMetadata(): MetadataInput {
    return {
      name: 'probe-np',
      versions: [],
      inputs: [
        { name: 'x', datatype: 'FP32', shape: [-1, 2] },
        { name: 's', datatype: 'BYTES', shape: [-1] },
      ],
    };
  }
}
