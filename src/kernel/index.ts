import { fillPowers } from './powers';
import { fillLast } from './read-decimal';
import { fillPlaces } from './write-decimal';

export {
  CAPACITY,
  countCommas,
  DONE,
  MORE,
  NUMBERS,
  PIECE,
  REFUSED,
  read,
  readAxes,
  readCount,
  readEnd,
  readLength,
  startReading,
  TEXT,
} from './read-lists';
export { addAxis, startWriting, write, writeBrackets } from './write-lists';
export { MAX_CHARACTERS } from './write-number';

/** The place behind everything else: the host has the memory from here on for texts. */
export const OUTPUT: usize = __heap_base;

fillPowers();
fillPlaces();
fillLast();
