import { kinds } from './kinds.ts';

/** Answers health with the kind of value that its parameter names. */
export class HealthZoo {
  readonly kind: string;

  constructor({ kind = 'str' }: { kind?: string } = {}) {
    this.kind = kind;
  }

  healthStatus() {
    return kinds[this.kind]();
  }
}
