/** Whether `value` is one of the words that protobuf's JSON mapping has for numbers that are not finite. */
export function isNumberWord(value: unknown): value is 'NaN' | 'Infinity' | '-Infinity' {
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity';
}
