import type { Description, Endpoint } from './description.ts';
import { byId, element, prose } from './element.ts';

const endpointSelect = byId<HTMLSelectElement>('endpoint');
const kindSelect = byId<HTMLSelectElement>('kind');

/** The choice of an endpoint and of a kind of payload. */
interface EndpointPicker {
  endpoint(): Endpoint;
  /** A request of the chosen kind; undefined where the endpoint takes none. */
  example(): unknown;
  /** Chooses an endpoint, or a kind of payload for the endpoint that is shown, and focuses the picker. */
  choose(choice: Choice): void;
}

/** An endpoint, or a kind of payload. */
export interface Choice {
  readonly path?: string;
  readonly kind?: string;
}

/** Lists the endpoints, and the kinds of payload of the chosen one; calls `onChange` after each choice. */
export function openEndpointPicker(
  { endpoints, groups, examples }: Description,
  onChange: () => void,
): EndpointPicker {
  const endpoint = () => endpoints.find(({ path }) => path === endpointSelect.value) as Endpoint;
  const examplesOf = ({ request = '' }: Endpoint) => examples[request] ?? {};
  const showEndpoint = () => describe(endpoint(), Object.keys(examplesOf(endpoint())));

  endpointSelect.replaceChildren(...groups.map(({ name }) => optionGroup(name, endpoints)));
  endpointSelect.addEventListener('change', () => {
    showEndpoint();
    onChange();
  });
  kindSelect.addEventListener('change', onChange);
  showEndpoint();

  return {
    endpoint,
    example: () => examplesOf(endpoint())[kindSelect.value],
    choose({ path, kind }) {
      endpointSelect.value = path ?? pathForKind(endpoint(), endpoints);
      showEndpoint();
      if (kind !== undefined) {
        kindSelect.value = kind;
      }
      onChange();
      endpointSelect.focus({ preventScroll: true });
    },
  };
}

function optionGroup(label: string, endpoints: readonly Endpoint[]): HTMLElement {
  const members = endpoints.filter(({ group }) => group === label);
  return element(
    'optgroup',
    { label },
    ...members.map(({ path }) => element('option', { value: path }, path)),
  );
}

/** Shows what an endpoint does, and its kinds of payload; the chosen kind stays, if the endpoint has it. */
function describe({ summary, description, request }: Endpoint, kinds: readonly string[]): void {
  const kind = kinds.includes(kindSelect.value) ? kindSelect.value : kinds[0];
  byId('endpoint-help').replaceChildren(...(prose(`${summary}. ${description}`) as Node[]));
  kindSelect.replaceChildren(...kinds.map((each) => element('option', { value: each }, each)));
  kindSelect.value = kind ?? '';
  byId('kind-field').hidden = request === undefined;
}

/** Only messages have a kind, and the endpoint that is shown may take something else. */
function pathForKind(shown: Endpoint, endpoints: readonly Endpoint[]): string {
  const takesMessage = ({ request }: Endpoint) => request === 'SeldonMessage';
  return (takesMessage(shown) ? shown : endpoints.find(takesMessage))?.path ?? '';
}
