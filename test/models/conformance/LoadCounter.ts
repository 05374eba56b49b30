/** Counts how often it is constructed, loaded and called. */
export class LoadCounter {
  readonly constructed: number;
  loads = 0;
  predicts = 0;

  constructor() {
    this.constructed = 1;
  }

  load() {
    this.loads++;
  }

  predict() {
    this.predicts++;
    return [[this.loads, this.predicts, this.constructed]];
  }
}
