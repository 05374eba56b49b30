import { UserError } from '../bundle/user-error.ts';
import type { Datatype } from '../runtime/arrays/datatypes.ts';
import { show } from '../runtime/show.ts';
import type { Category, Column, Domain, Section } from './contract.ts';

/**
 * The datatype of a tensor that has all these columns in it: FP64, INT64 if all are whole numbers, BOOL, or
 * BYTES for texts. Undefined where there is none.
 */
export function typeOfAll(columns: readonly Column[]): Datatype | undefined {
  const types = new Set(columns.map(({ domain }) => typeOf(domain)));
  if (types.size === 1) {
    const [type] = types;
    return type;
  }
  return [...types].every((type) => type === 'FP64' || type === 'INT64') ? 'FP64' : undefined;
}

/**
 * Refuses a column with values of several types, of which a tensor has one.
 *
 * @throws UserError naming its place.
 */
export function refuseMixed({ columns }: Section): void {
  for (const { place, domain } of columns) {
    if (typeOf(domain) === undefined && domain.ftype === 'categorical') {
      const [first, ...others] = domain.values as [Category, ...Category[]];
      const other = others.find((value) => kindOf(value) !== kindOf(first));
      throw new UserError(
        `${place}.values: expected values of one type, because a tensor has one, got ${show(first)} and ${show(other)}`,
      );
    }
  }
}

const types = new WeakMap<Domain, Datatype | undefined>();

/** Looked up once for all columns of a definition: an image has thousands. */
function typeOf(domain: Domain): Datatype | undefined {
  if (!types.has(domain)) {
    types.set(
      domain,
      domain.ftype === 'continuous' ? (domain.isInteger ? 'INT64' : 'FP64') : typeOfValues(domain.values),
    );
  }
  return types.get(domain);
}

function typeOfValues(values: readonly Category[]): Datatype | undefined {
  const kinds = new Set(values.map(kindOf));
  if (kinds.size > 1) {
    return undefined;
  }
  const [kind] = kinds;
  if (kind === 'number') {
    return values.every((value) => typeof value === 'bigint' || Number.isSafeInteger(value))
      ? 'INT64'
      : 'FP64';
  }
  return kind === 'boolean' ? 'BOOL' : 'BYTES';
}

function kindOf(value: Category): string {
  return typeof value === 'bigint' ? 'number' : typeof value;
}
