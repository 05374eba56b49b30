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
  const places = new Map<string, number>();
  for (const [place, name] of header.entries()) {
    if (places.has(name)) {
      throw new UserError(`the header has the column ${name} twice`);
    }
    places.set(name, place);
  }
  const knowsOne = ofModel.some(({ name }) => places.has(name));
  const wanted = asked ?? (knowsOne ? ofModel : header.map((name) => ({ name })));
  const missing = wanted.filter(({ name }) => !places.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const who = asked ? '--columns has' : 'the model takes';
    throw new UserError(
      `${who} ${listed(missing)}, which the header does not have; it has ${listed(header)}`,
    );
  }
  const columns = wanted.map(({ name, type }: WantedColumn) => {
    const place = places.get(name) as number;
    return { name, place, type: type ?? typeAt(place) };
  });
  const isWanted = new Set(wanted.map(({ name }) => name));
  const left = header.filter((name) => !isWanted.has(name));
  const from = asked ? '--columns' : knowsOne ? "the model's metadata" : 'the header';
  const shown = listed(columns.map(({ name, type }) => `${name} (${type})`));
  const out = left.length > 0 ? `; not sent: ${listed(left)}` : '';
  return { columns, told: `columns of ${from}: ${shown}${out}` };
}

/** Names in a line of text, at most: a table may have thousands of columns. */
const MAX_LISTED = 50;

/** Names for a line of text: the first of them, and how many more there are. */
function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return more > 0 ? `${names.slice(0, MAX_LISTED).join(', ')} and ${more} more` : names.join(', ');
}
