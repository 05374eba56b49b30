// What lists of numbers are written with.
export const QUOTE: u32 = 0x22;
export const PLUS: u32 = 0x2b;
export const COMMA: u32 = 0x2c;
export const MINUS: u32 = 0x2d;
export const POINT: u32 = 0x2e;
export const ZERO: u32 = 0x30;
export const OPEN: u32 = 0x5b;
export const CLOSE: u32 = 0x5d;
/** With {@link LOWER_CASE}, also what an upper-case one becomes. */
export const E: u32 = 0x65;
export const LOWER_CASE: u32 = 0x20;
