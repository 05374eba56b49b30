/** The fields of `data` that carry an array. */
export const ARRAY_KINDS = ['tensor', 'ndarray', 'tftensor'] as const;
/** One of the fields of `data` that carry an array. */
export type ArrayKind = (typeof ARRAY_KINDS)[number];

/** The field that carries a message's payload: one of the message, or of its `data`. */
export type PayloadKind = ArrayKind | 'jsonData' | 'strData' | 'binData';
