/** Answers the parameters that it was constructed with, and their types. */
export class Params {
  readonly parameters: Record<string, unknown>;

  constructor(parameters: Record<string, unknown> = {}) {
    this.parameters = parameters;
  }

  predict() {
    const described = Object.entries(this.parameters).map(([name, value]) => [name, describe(value)]);
    return Object.fromEntries(described);
  }
}

function describe(value: unknown) {
  if (typeof value === 'bigint') {
    return { type: 'integer', value };
  }
  if (typeof value !== 'number') {
    return { type: typeof value, value };
  }
  if (Number.isInteger(value)) {
    return { type: 'integer', value };
  }
  return { type: 'float', value: Number.isFinite(value) ? value : nonFinite(value) };
}

/** In Python's words. */
function nonFinite(value: number) {
  if (Number.isNaN(value)) {
    return 'nan';
  }
  return value > 0 ? 'inf' : '-inf';
}
