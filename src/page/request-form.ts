import type { Exchange } from './answer.ts';
import { openBodyEditor } from './body-editor.ts';
import { whileBusy } from './busy-button.ts';
import { type Call, send } from './call.ts';
import { codeBlock } from './code-block.ts';
import { curlLine } from './curl.ts';
import type { Description } from './description.ts';
import { byId } from './element.ts';
import { type Choice, openEndpointPicker } from './endpoint-picker.ts';

/** The parts of the form that the rest of the page uses. */
export interface RequestForm {
  /** Shows an endpoint, or a kind of payload for the endpoint that is shown, and scrolls to the form. */
  choose(choice: Choice): void;
  /** Updates the curl line. */
  refresh(): void;
}

/** Lets a person choose an endpoint, write a request and send it; `onAnswer` gets the outcome. */
export function openRequestForm(
  description: Description,
  onAnswer: (exchange: Exchange) => void,
): RequestForm {
  const picker = openEndpointPicker(description, showExample);
  const editor = openBodyEditor(namesOf(description.metadata?.inputs[0]), refresh);

  byId('reset').addEventListener('click', showExample);
  byId('request').addEventListener('submit', (event) => {
    event.preventDefault();
    void whileBusy(byId('send'), async () => {
      const exchange = { endpoint: picker.endpoint(), call: call() };
      byId('summary').className = 'status';
      byId('summary').textContent = 'Waiting for the answer…';
      onAnswer({ ...exchange, ...(await outcomeOf(exchange.call)) });
    });
  });
  showExample();

  function call(): Call {
    const { path, request, isTimed } = picker.endpoint();
    return request === undefined
      ? { method: 'GET', path }
      : { method: 'POST', path, body: editor.text(), isTimed };
  }

  function showExample(): void {
    byId('reset').hidden = picker.endpoint().request === undefined;
    editor.show(picker.endpoint(), picker.example());
  }

  function refresh(): void {
    byId('curl').replaceChildren(codeBlock('curl', 'the request as a curl line', curlLine(call())));
  }

  return {
    refresh,
    choose(choice) {
      picker.choose(choice);
      byId('try').scrollIntoView();
    },
  };
}

function outcomeOf(call: Call): Promise<Pick<Exchange, 'answer' | 'error'>> {
  return send(call).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ answer: undefined, error }),
  );
}

/** The names of the features, from an input's metadata. */
function namesOf(input: unknown): readonly string[] {
  const { schema } = (input ?? {}) as { schema?: { names?: unknown } };
  return Array.isArray(schema?.names) ? schema.names : [];
}
