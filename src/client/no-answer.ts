/** No answer arrived, or only a part of it; `message` says why. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}
