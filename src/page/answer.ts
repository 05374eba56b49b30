import { fromBase64 } from '../client/base64.ts';
import type { SeldonMessage } from '../runtime/model/message.ts';
import { branchOf, describeBranch } from './branch.ts';
import { type Answer, type Call, failureOf } from './call.ts';
import { codeBlock } from './code-block.ts';
import type { Endpoint } from './description.ts';
import { byId, element } from './element.ts';
import { prettyText } from './json-text.ts';
import { describeResult, resultOf, showResult } from './result.ts';

/** A call with its answer, or with the error when there was no answer. */
export interface Exchange {
  readonly endpoint: Endpoint;
  readonly call: Call;
  readonly answer: Answer | undefined;
  readonly error?: unknown;
}

/**
 * Shows an answer: its gist, which screen readers announce; a table and bars for numbers; and its whole text.
 */
export function showAnswer({ endpoint, answer, error }: Exchange): void {
  const summary = byId('summary');
  if (answer === undefined) {
    summary.className = 'status failed';
    summary.textContent = `No answer. The host cannot be reached: ${(error as Error).message}`;
    byId('answer').replaceChildren();
    return;
  }
  const failure = failureOf(answer);
  const message = isMessage(answer.json) ? answer.json : undefined;
  summary.className = failure === undefined ? 'status succeeded' : 'status failed';
  const gist = failure ?? gistOf(message, endpoint, answer);
  summary.replaceChildren(element('b', {}, String(answer.status)), ` ${gist}`);
  summary.scrollIntoView({ block: 'nearest' });
  byId('answer').replaceChildren(
    element('p', { class: 'help' }, timeOf(answer)),
    ...(message && failure === undefined ? showPayload(message, endpoint) : []),
    ...showMeta(message),
    codeBlock(
      'Whole answer',
      'the answer',
      answer.json === undefined ? answer.text : prettyText(answer.text, answer.json),
    ),
  );
}

function isMessage(json: unknown): json is SeldonMessage {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function timeOf({ milliseconds, headers }: Answer): string {
  const puid = headers.get('seldon-puid');
  return `${milliseconds} ms${puid === null ? '' : ` · Seldon-Puid ${puid}`}`;
}

function gistOf(message: SeldonMessage | undefined, endpoint: Endpoint, { text }: Answer): string {
  const branch = branchOf(message, endpoint);
  if (branch !== undefined) {
    return describeBranch(branch);
  }
  const result = resultOf(message?.data);
  if (result !== undefined) {
    return describeResult(result);
  }
  if (message?.strData !== undefined) {
    return String(message.strData).slice(0, 200);
  }
  if (message?.binData) {
    return 'Bytes';
  }
  if (message !== undefined) {
    return 'JSON';
  }
  return text.length <= 200 && text !== '' ? text : `Text of ${text.length} characters`;
}

function showPayload(message: SeldonMessage, endpoint: Endpoint): HTMLElement[] {
  if (branchOf(message, endpoint) !== undefined) {
    return [];
  }
  const result = resultOf(message.data);
  if (result !== undefined) {
    return [showResult(result)];
  }
  return typeof message.binData === 'string' ? download(message.binData) : [];
}

function download(base64: string): HTMLElement[] {
  const bytes = fromBase64(base64);
  if (bytes === undefined) {
    return [];
  }
  const href = URL.createObjectURL(new Blob([bytes]));
  return [element('p', {}, element('a', { href, download: 'answer.bin' }, `Download ${bytes.length} bytes`))];
}

function showMeta(message: SeldonMessage | undefined): HTMLElement[] {
  const tags = Object.entries(message?.meta?.tags ?? {});
  if (tags.length === 0) {
    return [];
  }
  const rows = tags.flatMap(([key, value]) => [
    element('dt', {}, key),
    element('dd', {}, typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
  return [element('div', {}, element('h4', {}, 'Tags'), element('dl', { class: 'tags' }, ...rows))];
}
