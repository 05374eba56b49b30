import { fromData, type Payload } from 'seldon-lambda';
import { imagesOf } from './images.ts';

/** Answers each image with its bytes in reverse order. */
export class BytesBack {
  predict(X: Payload) {
    const images = imagesOf(X);
    const back = images.map((image) => Uint8Array.from(image).reverse());
    return fromData(back, [images.length], 'object');
  }
}
