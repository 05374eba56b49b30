import type { Meta, Payload } from 'seldon-lambda';
import { BaseComponent } from './base-component.ts';

/** Answers what it gets, and inherits everything else as not implemented. */
export class IdentityComponent extends BaseComponent {
  override predict(X: Payload, _names: string[], _meta?: Meta) {
    return X;
  }
}
