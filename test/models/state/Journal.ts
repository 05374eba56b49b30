import { type NdArray, SeldonError } from 'seldon-lambda';

/**
 * Keeps the ids of its feedback in their order, and answers how many there are. The features are the id, and
 * what happens once it is there: `fails`, `fills` the state with 500 kB, or what the test hangs it up with.
 */
export class Journal {
  private ids: string[] = [];

  async sendFeedback(features: NdArray): Promise<number[]> {
    const [id, what] = features.toFlat() as [string, string];
    this.ids.push(id);
    const place = this.ids.length;
    await Reflect.get(globalThis, 'hang')?.(id, what);
    if (what === 'fails') {
      throw new SeldonError('TOO_BAD', 'failed after it was there', { status: 422 });
    }
    if (what === 'fills') {
      this.ids.push('x'.repeat(500_000));
    }
    return [place];
  }

  predict(): { ids: string[] } {
    return { ids: this.ids };
  }

  getState(): string[] {
    return this.ids;
  }

  setState(ids: string[]): void {
    this.ids = ids;
  }
}
