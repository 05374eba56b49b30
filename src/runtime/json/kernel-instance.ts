// A project whose types are not those of a browser has none of WebAssembly.
/// <reference path="./web-assembly.d.ts" />
import { reuseMemory } from '../reused-memory.ts';
import { NUMBER_KERNEL } from './number-kernel.wasm.ts';

/** The exports of src/kernel, where they are described. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly TEXT: WebAssembly.Global;
  readonly PIECE: WebAssembly.Global;
  readonly NUMBERS: WebAssembly.Global;
  readonly CAPACITY: WebAssembly.Global;
  readonly OUTPUT: WebAssembly.Global;
  readonly MAX_CHARACTERS: WebAssembly.Global;
  readonly DONE: WebAssembly.Global;
  readonly REFUSED: WebAssembly.Global;
  countCommas(length: number): number;
  startReading(): void;
  read(length: number, isLast: boolean): number;
  readCount(): number;
  readEnd(): number;
  readAxes(): number;
  readLength(axis: number): number;
  startWriting(isSingle: boolean): void;
  addAxis(length: number): void;
  writeBrackets(to: number, areOpen: boolean): number;
  write(to: number, count: number): number;
}

/** Bytes of a page of memory. */
const PAGE = 2 ** 16;
/** Memory that is kept for the next call, at most: the largest answer of a function, and the tables. */
const MAX_KEPT = 8 * 2 ** 20;

// The kernel is loaded where arrays are large.
reuseMemory();

const module = new WebAssembly.Module(Buffer.from(NUMBER_KERNEL, 'base64'));

/** An instance of the kernel, with views of its memory. */
class KernelInstance {
  readonly exports = new WebAssembly.Instance(module).exports as Kernel;
  /** All of the memory. */
  bytes = Buffer.alloc(0);
  /** Where numbers are taken from and put. */
  numbers = new Float64Array(0);

  constructor() {
    this.#view();
  }

  /** Makes room up to `end`. */
  reserve(end: number): void {
    const missing = end - this.bytes.length;
    if (missing > 0) {
      this.exports.memory.grow(Math.ceil(missing / PAGE));
      this.#view();
    }
  }

  /** Its views: what they were over is detached when the memory grows. */
  #view(): void {
    const { memory, NUMBERS, CAPACITY } = this.exports;
    this.bytes = Buffer.from(memory.buffer);
    this.numbers = new Float64Array(memory.buffer, NUMBERS.value, CAPACITY.value);
  }
}

let instance: KernelInstance | undefined;

/**
 * Calls `use` with the kernel. What was there before is not cleared, so it must only look at what it has
 * written itself. It must not wait: another call would use the same kernel.
 */
export function withKernel<T>(use: (kernel: KernelInstance) => T): T {
  instance ??= new KernelInstance();
  try {
    return use(instance);
  } finally {
    // Memory of WebAssembly never shrinks.
    if (instance.bytes.length > MAX_KEPT) {
      instance = undefined;
    }
  }
}

export type { KernelInstance };
