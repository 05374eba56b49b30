/** The only model of its folder. */
export class Only {
  predict() {
    return 'only';
  }
}
