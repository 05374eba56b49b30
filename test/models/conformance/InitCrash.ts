/** Cannot even be constructed. */
export class InitCrash {
  constructor() {
    throw new Error('cannot construct');
  }
}
