import { type Meta, type Payload, SeldonResponse } from 'seldon-lambda';
import { inferRequest, namedInputs } from './infer-request.ts';

/** Answers each input under its own name, and the request's parameters as the answer's. */
export class RawEcho {
  predict(X: Payload, _names: string[], meta?: Meta) {
    return new SeldonResponse(namedInputs(X, meta), { tags: { ...inferRequest(meta).parameters } });
  }
}
