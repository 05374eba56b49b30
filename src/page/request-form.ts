import type { SeldonMessage } from '../runtime/model/message.ts';
import type { Exchange } from './answer.ts';
import { type Call, send } from './call.ts';
import { codeBlock } from './code-block.ts';
import { curlLine } from './curl.ts';
import type { Description, Endpoint } from './description.ts';
import { byId, element, prose } from './element.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { prettyJson } from './json-text.ts';

/** Lambda takes no larger request. */
const MAX_BYTES = 6 * 1024 * 1024;

const form = byId<HTMLFormElement>('request');
const endpointSelect = byId<HTMLSelectElement>('endpoint');
const kindSelect = byId<HTMLSelectElement>('kind');
const body = byId<HTMLTextAreaElement>('body');

/** What others may ask of the form. */
export interface RequestForm {
  /** Shows an endpoint, or a kind of payload for the endpoint that is shown; and the form itself. */
  choose(choice: { readonly path?: string; readonly kind?: string }): void;
  /** Writes the curl line anew. */
  refresh(): void;
}

/** Lets a person choose an endpoint, fill in a request and send it; `onAnswer` gets what came of it. */
export function openRequestForm(
  { endpoints, groups, examples, metadata }: Description,
  onAnswer: (exchange: Exchange) => void,
): RequestForm {
  const featureNames = namesOf(metadata?.inputs[0]);
  let fields: Fields | undefined;

  endpointSelect.replaceChildren(
    ...groups.map(({ name }) =>
      element(
        'optgroup',
        { label: name },
        ...endpoints
          .filter(({ group }) => group === name)
          .map(({ path }) => element('option', { value: path }, path)),
      ),
    ),
  );
  endpointSelect.addEventListener('change', showEndpoint);
  kindSelect.addEventListener('change', showExample);
  byId('reset').addEventListener('click', showExample);
  body.addEventListener('input', showBody);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  showEndpoint();

  function endpoint(): Endpoint {
    return endpoints.find(({ path }) => path === endpointSelect.value) as Endpoint;
  }

  function call(): Call {
    const { path, request } = endpoint();
    return request === undefined ? { method: 'GET', path } : { method: 'POST', path, body: body.value };
  }

  function showEndpoint(): void {
    const { summary, description, request } = endpoint();
    const kinds = Object.keys(examples[request ?? ''] ?? {});
    const kind = kinds.includes(kindSelect.value) ? kindSelect.value : kinds[0];
    byId('endpoint-help').replaceChildren(...(prose(`${summary}. ${description}`) as Node[]));
    kindSelect.replaceChildren(...kinds.map((each) => element('option', { value: each }, each)));
    kindSelect.value = kind ?? '';
    for (const id of ['kind-field', 'body-field', 'reset']) {
      byId(id).hidden = request === undefined;
    }
    showExample();
  }

  function showExample(): void {
    const example = examples[endpoint().request ?? '']?.[kindSelect.value];
    body.value = example === undefined ? '' : prettyJson(example);
    fields = undefined;
    showBody();
  }

  /** The text is the request; the fields above it are another way to write it. */
  function showBody(): void {
    const takesMessage = endpoint().request === 'SeldonMessage';
    const message = takesMessage ? readMessage() : undefined;
    // Half of a text, while it is typed: writing into a field would overwrite it.
    const isBroken = takesMessage && message === undefined;
    byId<HTMLFieldSetElement>('fields').disabled = isBroken;
    if (!isBroken) {
      showFields(message);
    }
    showNote();
    refresh();
  }

  function showFields(message: SeldonMessage | undefined): void {
    const next = message && fieldsOf(message, featureNames, showMessage);
    if (next?.form !== fields?.form) {
      fields = next;
      const legend = element('legend', {}, next?.legend ?? '');
      byId('fields').replaceChildren(...(next ? [legend, ...next.inputs] : []));
      byId('fields').hidden = next === undefined;
    }
    if (message) {
      fields?.show(message);
    }
  }

  function showMessage(message: SeldonMessage): void {
    body.value = prettyJson(message);
    showNote();
    refresh();
  }

  function showNote(): void {
    const problem = endpoint().request === undefined ? '' : problemOf(body.value);
    byId('body-note').textContent = problem;
    body.setAttribute('aria-invalid', String(problem !== ''));
  }

  function refresh(): void {
    byId('curl').replaceChildren(codeBlock('curl', 'the request as a curl line', curlLine(call())));
  }

  async function submit(): Promise<void> {
    const button = byId('send');
    if (button.getAttribute('aria-disabled') === 'true') {
      return;
    }
    const sent = { endpoint: endpoint(), call: call() };
    // Not `disabled`, which would take the focus away.
    button.setAttribute('aria-disabled', 'true');
    byId('summary').className = 'status';
    byId('summary').textContent = 'Waiting for the answer…';
    const outcome = await send(sent.call).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ answer: undefined, error }),
    );
    button.removeAttribute('aria-disabled');
    onAnswer({ ...sent, ...outcome });
  }

  return {
    refresh,
    choose({ path, kind }) {
      if (path !== undefined) {
        endpointSelect.value = path;
      }
      // A kind is one of a message, and the endpoint that is shown may take something else.
      else if (endpoint().request !== 'SeldonMessage') {
        endpointSelect.value = endpoints.find(({ request }) => request === 'SeldonMessage')?.path ?? '';
      }
      showEndpoint();
      if (kind !== undefined) {
        kindSelect.value = kind;
        showExample();
      }
      byId('try').scrollIntoView();
      endpointSelect.focus({ preventScroll: true });
    },
  };
}

function readMessage(): SeldonMessage | undefined {
  try {
    const json: unknown = JSON.parse(body.value);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

function problemOf(text: string): string {
  if (new Blob([text]).size > MAX_BYTES) {
    return 'Larger than the 6 MB that Lambda takes.';
  }
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return `This is no JSON, and is sent as it is. ${(error as Error).message}`;
  }
}

function namesOf(input: unknown): readonly string[] {
  const { schema } = (input ?? {}) as { schema?: { names?: unknown } };
  return Array.isArray(schema?.names) ? schema.names : [];
}
