/** Says which of the classes of this file it is. */
export class First {
  predict() {
    return 'First';
  }
}

/** Says which of the classes of this file it is, and what it was constructed with. */
export class Second {
  readonly parameters: object;

  constructor(parameters: object) {
    this.parameters = parameters;
  }

  predict() {
    return { Second: this.parameters };
  }
}

/** No class. */
export const settings = { size: 1 };

export default First;
