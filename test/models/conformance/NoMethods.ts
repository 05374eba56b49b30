/** Has no method at all. */
export class NoMethods {}
