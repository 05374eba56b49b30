/** The fields of `data` that carry an array. */
export const ARRAY_KINDS = ['tensor', 'ndarray', 'tftensor'] as const;
/** One of the fields of `data` that carry an array. */
export type ArrayKind = (typeof ARRAY_KINDS)[number];

/** The fields of a message that carry a payload other than an array. */
export const PLAIN_KINDS = ['jsonData', 'strData', 'binData'] as const;
/** The field that carries a message's payload: one of the message, or of its `data`. */
export type PayloadKind = ArrayKind | (typeof PLAIN_KINDS)[number];
