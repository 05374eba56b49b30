import { TENSOR_TYPES, type TensorType } from '../../arrays/tensor-types.ts';
import { badData } from '../../errors.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';
import { toInteger } from './tensor-values.ts';

/** The fields of a TensorProto that are not lists of values. */
const FIELDS = ['dtype', 'tensorShape', 'versionNumber', 'tensorContent'];

/**
 * Refuses fields that would be overlooked: a misspelt one, and values in the list of another type.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the field.
 */
export function checkFields(proto: Readonly<Record<string, unknown>>, { name, field }: TensorType): void {
  const lists = TENSOR_TYPES.map((type) => type.field);
  for (const [key, value] of Object.entries(proto)) {
    const isEmpty = value == null || (Array.isArray(value) && value.length === 0);
    if (FIELDS.includes(key) || key === field || (isEmpty && lists.includes(key))) {
      continue;
    }
    const expected = lists.includes(key)
      ? `${name} has its values in ${field}`
      : 'a TensorProto has no such field';
    throw badData(`data.tftensor.${show(key, 80).slice(1, -1)}: ${expected}`);
  }
}

/**
 * Reads `tensorShape`; without `dim` it is `[]`, and a `size` that is left out is 0.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for an array whose shape is not known, and for what is not a
 * shape.
 */
export function readShape(json: unknown): number[] {
  const path = 'data.tftensor.tensorShape';
  const { dim, unknownRank, ...others } = json == null ? {} : inCamelCase(json, path);
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw badData(`${path}: expected {dim}, got the field ${show(other)}`);
  }
  if (unknownRank != null && unknownRank !== false) {
    throw badData(`${path}.unknownRank: expected an array whose shape is known, got ${show(unknownRank)}`);
  }
  if (dim == null) {
    return [];
  }
  if (!Array.isArray(dim)) {
    throw badData(`${path}.dim: expected a list of {size}`);
  }
  return dim.map((item, axis) => readLength(item, `${path}.dim[${axis}]`));
}

function readLength(json: unknown, path: string): number {
  if (!isRecord(json)) {
    throw badData(`${path}: expected an object`);
  }
  const { size } = json;
  const length = size == null ? 0 : toInteger(size);
  if (length === undefined || length < 0 || length > Number.MAX_SAFE_INTEGER) {
    throw badData(`${path}.size: expected a whole number of 0 or more, got ${show(size)}`);
  }
  return Number(length);
}

/**
 * The fields of an object by their names in camelCase; protobuf also accepts snake_case.
 *
 * @param path - of the object in the request, for the error.
 * @throws SeldonError MICROSERVICE_BAD_DATA when `json` is not an object.
 */
export function inCamelCase(json: unknown, path: string): Record<string, unknown> {
  if (!isRecord(json)) {
    throw badData(`${path}: expected an object`);
  }
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name.replace(/_[a-z]/g, (text) => text.slice(1).toUpperCase()),
      value,
    ]),
  );
}
