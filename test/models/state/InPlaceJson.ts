/** Counts up in the JSON that it gets and answers it; counts its calls in its state. */
export class InPlaceJson {
  static stateful = ['predict'];
  calls = 0;

  predict(message: { count: number }) {
    this.calls++;
    message.count++;
    return message;
  }

  getState() {
    return { calls: this.calls };
  }

  setState({ calls }: { calls: number }) {
    this.calls = calls;
  }
}
