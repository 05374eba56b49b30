import { NoAnswer } from './no-answer.ts';
import type { Content } from './send.ts';

/** Ten times what Lambda answers, in case the answer is compressed. */
export const MAX_BYTES = 64e6;

/**
 * Reads an answer that is text.
 *
 * @param maxBytes - of the decompressed answer.
 * @throws NoAnswer for an answer that is larger.
 */
export async function readText(response: Response, maxBytes: number): Promise<Content> {
  const decoder = new TextDecoder();
  let text = '';
  await eachPart(response, maxBytes, (part) => {
    text += decoder.decode(part, { stream: true });
  });
  return { text: text + decoder.decode() };
}

/**
 * Reads the bytes of an answer part by part, as they come.
 *
 * @throws NoAnswer for an answer of more than `maxBytes`, decompressed.
 */
export async function eachPart(
  response: Response,
  maxBytes: number,
  take: (part: Uint8Array) => void,
): Promise<void> {
  // Not `for await`: Safari cannot.
  const reader = response.body?.getReader();
  let bytes = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > maxBytes) {
      // Not awaited: the rest may never come.
      reader?.cancel().catch(() => {});
      throw new NoAnswer(`the answer has more than ${maxBytes / 1e6} MB`);
    }
    take(part.value);
  }
}
