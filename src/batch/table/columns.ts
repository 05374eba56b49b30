import { UserError } from '../../bundle/user-error.ts';

/** The types that a column can have. */
export const COLUMN_TYPES = ['number', 'text', 'boolean'] as const;

/** One of {@link COLUMN_TYPES}. */
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A column that is sent. */
export interface Column {
  readonly name: string;
  /** Its place in the table. */
  readonly place: number;
  readonly type: ColumnType;
}

/** A column that is wanted. */
export interface WantedColumn {
  readonly name: string;
  /** Undefined: as its values are. */
  readonly type?: ColumnType | undefined;
}

/**
 * Reads a list of columns, as `age,city:text`.
 *
 * @throws UserError for a type that there is not.
 */
export function readColumns(text: string): WantedColumn[] {
  return text.split(',').map((each) => {
    const [name = '', type, surplus] = each.trim().split(':');
    const found = COLUMN_TYPES.find((known) => known === type);
    if (name === '' || surplus !== undefined || (type !== undefined && found === undefined)) {
      throw new UserError(
        `--columns: expected names, each with ${COLUMN_TYPES.join(', ')} behind a colon or without; ` +
          `got "${each}"`,
      );
    }
    return { name, type: found };
  });
}

/** The columns of a table, and where the choice comes from. */
export interface ChosenColumns {
  readonly columns: readonly Column[];
  /** One line for the user. */
  readonly told: string;
}

/**
 * Chooses the columns to send, by their names and in the order of the model.
 *
 * @param header - the names in the table. @param asked - by the user. @param ofModel - of its metadata; empty
 *   when it does not tell. @param typeAt - the type that the values of a place have.
 * @throws UserError when the table does not have a column.
 */
export function chooseColumns(
  header: readonly string[],
  { asked, ofModel }: { asked: readonly WantedColumn[] | undefined; ofModel: readonly WantedColumn[] },
  typeAt: (place: number) => ColumnType,
): ChosenColumns {
  const twice = header.find((name, place) => header.indexOf(name) !== place);
  if (twice !== undefined) {
    throw new UserError(`the header has the column ${twice} twice`);
  }
  const knowsOne = ofModel.some(({ name }) => header.includes(name));
  const wanted = asked ?? (knowsOne ? ofModel : header.map((name) => ({ name })));
  const missing = wanted.filter(({ name }) => !header.includes(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const who = asked ? '--columns has' : 'the model takes';
    throw new UserError(
      `${who} ${missing.join(', ')}, which the header does not have; it has ${header.join(', ')}`,
    );
  }
  const columns = wanted.map(({ name, type }: WantedColumn) => {
    const place = header.indexOf(name);
    return { name, place, type: type ?? typeAt(place) };
  });
  const left = header.filter((name) => !wanted.some((each) => each.name === name));
  const from = asked ? '--columns' : knowsOne ? "the model's metadata" : 'the header';
  const shown = columns.map(({ name, type }) => `${name} (${type})`).join(', ');
  const out = left.length > 0 ? `; not sent: ${left.join(', ')}` : '';
  return { columns, told: `columns of ${from}: ${shown}${out}` };
}
