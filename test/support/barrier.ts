/** Holds everybody who comes until all have come. */
export interface Barrier {
  /** Resolves when the last one has entered. */
  enter(): Promise<void>;
}

/** Makes a barrier for a number of callers; later ones pass. */
export function createBarrier(count: number): Barrier {
  let entered = 0;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    enter() {
      entered++;
      if (entered >= count) {
        open();
      }
      return opened;
    },
  };
}
