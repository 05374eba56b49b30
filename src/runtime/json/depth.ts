/**
 * Levels of a JSON text that is read, at most. The reference reads JSON with a recursion limit near this; a
 * deeper value could not be written back either.
 */
export const MAX_READ_DEPTH = 900;

/** Levels of a value that is written, at most: of one that was read, with room for what is put around it. */
export const MAX_WRITE_DEPTH = MAX_READ_DEPTH + 100;
