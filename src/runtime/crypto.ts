/**
 * Gives node's crypto, loaded at its first use: that takes 5 ms of a cold start, and a first call that only
 * reads a state needs nothing of it, but from a service of AWS.
 */
export const crypto = () => process.getBuiltinModule('node:crypto');
