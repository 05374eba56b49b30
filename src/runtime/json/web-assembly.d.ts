/** The part of WebAssembly that is used here; the types of node 20 do not have it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }

  class Instance {
    constructor(module: Module);
    readonly exports: unknown;
  }

  interface Memory {
    readonly buffer: ArrayBuffer;
    /** @throws RangeError when the machine has not so many pages of 64 KiB more. */
    grow(pages: number): number;
  }

  interface Global {
    readonly value: number;
  }
}
