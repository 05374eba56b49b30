/** The result of a check. */
export interface Finding {
  /** `warn`: it works, but not for everything. `fail`: commands do not work until it is mended. */
  readonly status: 'ok' | 'warn' | 'fail';
  /** The subject, in one word. */
  readonly name: string;
  /** The state of the subject. */
  readonly text: string;
  /** The way to mend it. */
  readonly remedy?: string;
  /** Mends it, and says what it has written; only where a file of the project is all that it takes. */
  readonly fix?: () => string;
}

/** Looks at one subject. */
export type Check = (project: string) => Finding[] | Promise<Finding[]>;

/** Makes findings about one subject. */
export function findings(name: string) {
  return {
    ok: (text: string): Finding => ({ status: 'ok', name, text }),
    warn: (text: string, remedy: string, fix?: () => string): Finding => ({
      ...{ status: 'warn', name, text, remedy },
      ...(fix && { fix }),
    }),
    fail: (text: string, remedy: string, fix?: () => string): Finding => ({
      ...{ status: 'fail', name, text, remedy },
      ...(fix && { fix }),
    }),
  };
}
