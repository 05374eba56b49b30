import { binData } from './bin-data.ts';
import type { Codec } from './codec.ts';
import { jsonData } from './json-data.ts';
import { ndarray } from './ndarray.ts';
import { strData } from './str-data.ts';
import { tensor } from './tensor.ts';
import { tftensor } from './tftensor.ts';

/** Every payload kind; the order means nothing. */
export const codecs: readonly Codec[] = [tensor, ndarray, tftensor, jsonData, strData, binData];
