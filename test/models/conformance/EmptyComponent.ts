import { BaseComponent } from './base-component.ts';

/** Has every method, all of them not implemented. */
export class EmptyComponent extends BaseComponent {}
