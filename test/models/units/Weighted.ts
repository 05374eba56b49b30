import { readFileSync } from 'node:fs';
import { counter, type Meta, type Model, modelFile, type Payload } from 'seldon-lambda';

// While the module is evaluated, as many models do.
const NAME = readFileSync(modelFile('name.txt'), 'utf8').trim();

/** A variable of the module: on Kubernetes, units share none. */
let calls = 0;

/** Answers everything that is a unit's own, once the test opens the barrier. */
export class Weighted implements Model {
  readonly weight: number;
  readonly nameInConstructor = readFileSync(modelFile('name.txt'), 'utf8').trim();
  count = 0;

  constructor({ weight = 0 }: { weight?: number } = {}) {
    this.weight = weight;
  }

  async predict(_X: Payload, _names: string[], meta?: Meta) {
    await Reflect.get(globalThis, 'barrier')?.(meta?.puid);
    calls++;
    const names = [NAME, this.nameInConstructor, readFileSync(modelFile('name.txt'), 'utf8').trim()];
    return { weight: this.weight, names, calls, count: this.count, puid: meta?.puid };
  }

  async sendFeedback() {
    await Promise.resolve();
    this.count++;
    return [this.count];
  }

  tags() {
    return { weight: this.weight };
  }

  metrics() {
    return [counter('weighted', this.weight)];
  }

  getState() {
    return { count: this.count };
  }

  setState({ count }: { count: number }) {
    this.count = count;
  }
}
