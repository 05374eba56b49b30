import { counter, type Meta } from 'seldon-lambda';

/** Changes the meta that it gets in place; answers its runs in this process, and those that the state has. */
export class Stamps {
  static stateful = ['predict'];
  runs = 0;
  count = 0;

  route() {
    return this.count;
  }

  predict(_X: string, _names: string[], { tags, metrics }: Meta) {
    Object.assign(tags as object, { stamps: Number(tags?.stamps) + 1 });
    (metrics as unknown[]).push(counter('stamps'));
    return [++this.runs, ++this.count];
  }

  getState() {
    return this.count;
  }

  setState(count: number) {
    this.count = count;
  }
}
