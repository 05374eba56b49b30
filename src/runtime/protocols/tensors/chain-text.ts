import { renameMember } from '../../json/set-member.ts';

/**
 * An answer's JSON text with the member of a request: `from` gets the name `to`. The text itself where it has
 * `to` already; undefined where it has neither, or is no object.
 */
export function chainText(text: string, from: string, to: string): string | undefined {
  return renameMember(text, from, to) ?? (renameMember(text, to, to) === undefined ? undefined : text);
}
