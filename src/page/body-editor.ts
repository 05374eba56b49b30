import type { SeldonMessage } from '../runtime/model/message.ts';
import type { Endpoint } from './description.ts';
import { byId } from './element.ts';
import { openFieldSet } from './field-set.ts';
import { jsonProblem, parseJson, prettyJson } from './json-text.ts';

/** Lambda accepts no larger request. */
const MAX_BYTES = 6 * 1024 * 1024;

const body = byId<HTMLTextAreaElement>('body');

/** The body of a request: its text, and inputs for what the text contains. */
interface BodyEditor {
  text(): string;
  /** Shows an example for an endpoint; an empty body where the endpoint takes none. */
  show(endpoint: Endpoint, example: unknown): void;
}

/**
 * Lets a person write the body. The text is the request; the inputs above it are another way to write it, and
 * both follow each other.
 *
 * @param featureNames - labels for the inputs of an array that has no names itself.
 * @param onChange - called after each change of the text.
 */
export function openBodyEditor(featureNames: readonly string[], onChange: () => void): BodyEditor {
  let request: Endpoint['request'];
  const fields = openFieldSet(featureNames, (message) => {
    body.value = prettyJson(message);
    showProblem(request);
    onChange();
  });

  body.addEventListener('input', showText);

  function showText(): void {
    const takesMessage = request === 'SeldonMessage';
    const message = takesMessage ? messageOf(body.value) : undefined;
    const isBroken = takesMessage && message === undefined;
    fields.disable(isBroken);
    if (!isBroken) {
      fields.show(message);
    }
    showProblem(request);
    onChange();
  }

  return {
    text: () => body.value,
    show(endpoint, example) {
      request = endpoint.request;
      byId('body-field').hidden = request === undefined;
      body.value = example === undefined ? '' : prettyJson(example);
      fields.clear();
      showText();
    },
  };
}

function messageOf(text: string): SeldonMessage | undefined {
  const json = parseJson(text);
  return typeof json === 'object' && json !== null ? json : undefined;
}

/** Notes below the text what is wrong with it, if anything. */
function showProblem(request: Endpoint['request']): void {
  const problem = request === undefined ? '' : problemOf(body.value);
  byId('body-note').textContent = problem;
  body.setAttribute('aria-invalid', String(problem !== ''));
}

function problemOf(text: string): string {
  if (new Blob([text]).size > MAX_BYTES) {
    return 'Larger than 6 MB, which is the limit of Lambda.';
  }
  const problem = jsonProblem(text);
  return problem === '' ? '' : `This is not JSON. It is sent unchanged. ${problem}`;
}
