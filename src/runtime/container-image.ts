/** Stands for the value of a label that the environment does not set, as in the reference. */
export const UNSET = 'NOT_IMPLEMENTED';

/** Stands for PREDICTIVE_UNIT_IMAGE when it is not set. */
export const NO_IMAGE = `${UNSET}:${UNSET}`;

/**
 * Reads the name and the tag of a container image as container tools do: the tag follows the last `:` after
 * the last `/`; a digest is not a tag.
 *
 * @example parseImage('host:5000/img')   // { name: 'host:5000/img', version: '' }
 */
export function parseImage(image: string): { readonly name: string; readonly version: string } {
  const reference = image.split('@', 1)[0] as string;
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return colon < 0
    ? { name: reference, version: '' }
    : { name: reference.slice(0, colon), version: reference.slice(colon + 1) };
}
