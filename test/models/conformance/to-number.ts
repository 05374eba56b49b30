/** A number, or the number that a text spells; throws for anything else. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') {
    return value;
  }
  const isConvertible =
    typeof value === 'bigint' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.trim() !== '');
  const number = isConvertible ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) {
    throw new Error(`could not convert to a number: ${String(value)}`);
  }
  return number;
}
