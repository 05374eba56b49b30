import type { Output } from './output.ts';

/** Takes the lines of the output, whichever is ready first. */
export interface Lines {
  /** @param rows - with the indices of the lines, in the same order. */
  put(indices: readonly number[], lines: readonly string[]): Promise<void>;
  /** Characters of lines that wait for an earlier one. */
  readonly held: number;
}

/** Writes lines as they come. */
export function asTheyCome(output: Output): Lines {
  return { put: (_indices, lines) => output.write(lines), held: 0 };
}

/**
 * Writes lines in the order of the input.
 *
 * @param next - the index of the first line.
 */
export function inOrder(output: Output, first: number): Lines {
  const waiting = new Map<number, string>();
  let next = first;
  let held = 0;
  return {
    async put(indices, lines) {
      for (const [at, index] of indices.entries()) {
        const line = lines[at] as string;
        waiting.set(index, line);
        held += line.length;
      }
      const ready: string[] = [];
      for (let line = waiting.get(next); line !== undefined; line = waiting.get(next)) {
        waiting.delete(next);
        held -= line.length;
        ready.push(line);
        next++;
      }
      await output.write(ready);
    },
    get held() {
      return held;
    },
  };
}
