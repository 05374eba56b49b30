import { BASE_URL } from './base-url.ts';
import { codeBlock } from './code-block.ts';
import { curlLine } from './curl.ts';
import type { Description, Endpoint } from './description.ts';
import { button, byId, element, prose } from './element.ts';
import { prettyJson } from './json-text.ts';

/** Lists every endpoint by its group; `onTry` gets the path that the person wants to try. */
export function showEndpoints(description: Description, onTry: (path: string) => void): void {
  const groups = description.groups.map(({ name, description: about }) => {
    const members = description.endpoints.filter(({ group }) => group === name);
    return element(
      'div',
      { class: 'group' },
      element('h3', {}, name),
      element('p', { class: 'lead' }, ...prose(about)),
      ...members.map((endpoint) => details(endpoint, description.examples, onTry)),
    );
  });
  byId('endpoints').replaceChildren(...groups);
  const link = element('a', { href: `${BASE_URL}/seldon.json` }, 'OpenAPI document');
  byId('source').replaceChildren('Made from the ', link, ', which tools read.');
}

function details(
  endpoint: Endpoint,
  examples: Description['examples'],
  onTry: (path: string) => void,
): HTMLElement {
  const [example] = Object.values(examples[endpoint.request ?? ''] ?? {});
  const made = element('details', { class: 'endpoint' }, summaryOf(endpoint));
  // Filled when it is opened for the first time: all endpoints together have two thousand elements.
  made.addEventListener('toggle', () => made.append(aboutEndpoint(endpoint, example, onTry)), { once: true });
  return made;
}

function summaryOf({ path, methods, summary }: Endpoint): HTMLElement {
  const verbs = methods.map((method) => element('b', { class: `verb ${method}` }, method));
  return element(
    'summary',
    {},
    element('span', { class: 'methods' }, ...verbs),
    code(path),
    element('span', { class: 'about' }, summary),
  );
}

function aboutEndpoint(
  { path, description, request, answers }: Endpoint,
  example: unknown,
  onTry: (path: string) => void,
): HTMLElement {
  const tryIt = button('Try it', () => onTry(path));
  tryIt.setAttribute('aria-label', `Try it: ${path}`);
  const body = example === undefined ? undefined : JSON.stringify(example);
  const line = curlLine({ method: request === undefined ? 'GET' : 'POST', path, body });
  return element(
    'div',
    { class: 'about-endpoint' },
    element('p', {}, ...prose(description)),
    request !== undefined &&
      element(
        'p',
        {},
        ...(request.startsWith('Infer')
          ? [`Takes ${request} as the body.`]
          : [`Takes a ${request}: as the body, or as the query or form field `, code('json'), '.']),
      ),
    codeBlock('curl', `curl line for ${path}`, line),
    answersTable(path, answers),
    element('p', {}, tryIt),
  );
}

function answersTable(path: string, answers: Endpoint['answers']): HTMLElement {
  const rows = answers.map(({ status, description, example }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, status),
      element(
        'td',
        {},
        ...prose(description),
        status === '200' &&
          example !== undefined &&
          codeBlock('For example', `an answer of ${path}`, prettyJson(example)),
      ),
    ),
  );
  return element(
    'table',
    { class: 'answers' },
    element('caption', {}, 'Answers'),
    element('thead', {}, element('tr', {}, heading('Status'), heading('Meaning'))),
    element('tbody', {}, ...rows),
  );
}

function heading(text: string): HTMLElement {
  return element('th', { scope: 'col' }, text);
}

function code(text: string): HTMLElement {
  return element('code', {}, text);
}

/** Shows an example of each kind of payload; `onUse` gets the kind that the person wants to send. */
export function showKinds({ examples }: Description, onUse: (kind: string) => void): void {
  const kinds = Object.entries(examples.SeldonMessage ?? {}).map(([kind, message]) => {
    const use = button('Use', () => onUse(kind));
    use.setAttribute('aria-label', `Use ${kind}`);
    return element(
      'div',
      { class: 'card' },
      element('div', { class: 'kind-title' }, element('h3', {}, code(kind)), use),
      element('p', { class: 'help' }, ABOUT[kind] ?? ''),
      codeBlock('For example', `an example of ${kind}`, prettyJson(message)),
    );
  });
  byId('kinds').replaceChildren(...kinds);
  byId('about-kinds').hidden = kinds.length === 0;
}

/** A description of each kind. */
const ABOUT: Readonly<Record<string, string>> = {
  ndarray: 'Nested lists, one for each row; may also contain texts.',
  tensor: 'Numbers in one list, row by row, and their shape.',
  tftensor: 'TensorFlow’s TensorProto, as JSON.',
  jsonData: 'Any JSON value.',
  strData: 'A text.',
  binData: 'Bytes, as base64.',
};
