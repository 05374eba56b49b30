/** Gives the arguments of its methods to the test's `told`, and answers what that returns. */
export class Told {
  predict(...args: unknown[]) {
    return told('predict', args);
  }

  transformInput(...args: unknown[]) {
    return told('transformInput', args);
  }

  transformOutput(...args: unknown[]) {
    return told('transformOutput', args);
  }

  route(...args: unknown[]) {
    return told('route', args);
  }

  aggregate(...args: unknown[]) {
    return told('aggregate', args);
  }

  sendFeedback(...args: unknown[]) {
    return told('sendFeedback', args);
  }

  healthStatus(...args: unknown[]) {
    return told('healthStatus', args);
  }
}

/** The same with raw methods, which do not shadow those of `Told` when they are not implemented. */
export class ToldRaw extends Told {
  predictRaw(...args: unknown[]) {
    return told('predictRaw', args);
  }

  predictRest(...args: unknown[]) {
    return told('predictRest', args);
  }

  transformInputRaw(...args: unknown[]) {
    return told('transformInputRaw', args);
  }

  transformOutputRaw(...args: unknown[]) {
    return told('transformOutputRaw', args);
  }

  routeRaw(...args: unknown[]) {
    return told('routeRaw', args);
  }

  aggregateRaw(...args: unknown[]) {
    return told('aggregateRaw', args);
  }

  sendFeedbackRaw(...args: unknown[]) {
    return told('sendFeedbackRaw', args);
  }

  healthStatusRaw(...args: unknown[]) {
    return told('healthStatusRaw', args);
  }
}

/** The same, and what describes its answers, and its errors. */
export class ToldAll extends Told {
  classNames(...args: unknown[]) {
    return told('classNames', args);
  }

  tags(...args: unknown[]) {
    return told('tags', args);
  }

  metrics(...args: unknown[]) {
    return told('metrics', args);
  }

  modelErrorHandler(...args: unknown[]) {
    return told('modelErrorHandler', args);
  }
}

/** Its state counts the calls of `sendFeedback`. */
export class ToldStateful extends Told {
  count = 0;

  override sendFeedback(...args: unknown[]) {
    this.count++;
    return super.sendFeedback(...args);
  }

  getState() {
    return this.count;
  }

  setState(count: number) {
    this.count = count;
  }
}

function told(method: string, args: readonly unknown[]) {
  return Reflect.get(globalThis, 'told')(method, args);
}
