/** The formats that an input can have. */
export const FORMATS = ['jsonl', 'csv', 'parquet'] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];
