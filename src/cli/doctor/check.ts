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

/**
 * Looks at one subject.
 *
 * @throws UserError when a file that it reads has to be corrected first.
 */
export type Check = (project: string, tell: Findings) => Finding[] | Promise<Finding[]>;

/** Makes findings about one subject. */
export interface Findings {
  ok(text: string): Finding;
  warn(text: string, remedy: string, fix?: () => string): Finding;
  fail(text: string, remedy: string, fix?: () => string): Finding;
}

/** Findings about the subject of this name. */
export function findings(name: string): Findings {
  const bad =
    (status: 'warn' | 'fail') =>
    (text: string, remedy: string, fix?: () => string): Finding => ({
      ...{ status, name, text, remedy },
      ...(fix && { fix }),
    });
  return { ok: (text) => ({ status: 'ok', name, text }), warn: bad('warn'), fail: bad('fail') };
}
