/** Counts feedback; has no `merge`. */
class Counting {
  state = { count: 0 };

  route(): number {
    return this.state.count;
  }

  sendFeedback(): void {
    this.state.count++;
  }

  getState(): { count: number } {
    return this.state;
  }

  setState(state: { count: number }): void {
    this.state = state;
  }
}

export class Throws extends Counting {
  static merge(): never {
    throw new Error('no merge today');
  }
}

export class Nothing extends Counting {
  static merge(): void {}
}

export class Later extends Counting {
  static async merge(states: unknown[]): Promise<unknown> {
    return states[0];
  }
}

export class Odd extends Counting {
  static merge(): unknown {
    return { count: new URL('http://example.com') };
  }
}

export class List extends Counting {
  static readonly merge = ['count'];
}

/** A new model knows something, in its state, that each part of the state would have. */
export class Prior extends Counting {
  override state = { count: 1 };

  static merge(states: { count: number }[]): { count: number } {
    return { count: states.reduce((sum, { count }) => sum + count, 0) };
  }
}

export class LearnsFromRoutes extends Counting {
  static readonly stateful = ['route', 'sendFeedback'];

  static merge(states: { count: number }[]): { count: number } {
    return { count: states.reduce((sum, { count }) => sum + count, 0) };
  }
}

/** Merges until there is something to merge. */
export class Picky extends Counting {
  static merge(states: { count: number }[]): { count: number } {
    if (states.some(({ count }) => count > 0)) {
      throw new Error('not these');
    }
    return { count: 0 };
  }
}

/** Has nothing to merge. */
export class Stateless {
  static merge(states: unknown[]): unknown {
    return states[0];
  }

  route(): number {
    return 1;
  }
}
