import { NoAnswer } from './no-answer.ts';

/** Ten times what Lambda answers, in case the answer is compressed. */
export const MAX_BYTES = 64e6;

/**
 * The text of an answer.
 *
 * @param maxBytes - of the decompressed answer.
 * @throws NoAnswer for an answer that is larger.
 */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  // Not `for await`: Safari cannot.
  const reader = response.body?.getReader();
  let text = '';
  let bytes = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > maxBytes) {
      // Not awaited: the rest may never come.
      reader?.cancel().catch(() => {});
      throw new NoAnswer(`the answer has more than ${maxBytes / 1e6} MB`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
