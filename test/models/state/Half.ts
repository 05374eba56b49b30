/** Gives its state away, but takes none back. */
export class Half {
  sendFeedback(): void {}

  getState(): number {
    return 1;
  }
}
