/**
 * The code of ordinary states that merged ones use. It is handed over, not imported: files that two chunks
 * import become a chunk of their own, and every function with a store would load one file more.
 */
export interface Kit
  extends Pick<typeof import('../kept-replica.ts'), 'keepReplica'>,
    Pick<typeof import('../mutex.ts'), 'createMutex'>,
    Pick<typeof import('../state-unavailable.ts'), 'busyError'>,
    Pick<typeof import('../subject.ts'), 'toSubject' | 'toStateBytes'>,
    Pick<typeof import('../envelope.ts'), 'readState'> {}
