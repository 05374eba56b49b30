import type { Metadata } from '../runtime/model/metadata.ts';
import type { Description } from './description.ts';
import { byId, element } from './element.ts';

/** An input or output of a model: the keys of all kinds. */
interface Port {
  readonly messagetype?: string;
  readonly name?: string;
  readonly datatype?: string;
  readonly shape?: readonly number[];
  readonly schema?: Readonly<Record<string, unknown>> & {
    readonly names?: unknown;
    readonly shape?: unknown;
  };
}

/** Shows the model's own description, or why it is missing. */
export function showModel({ title, version, summary, metadata, unavailable, graph }: Description): void {
  document.title = version === 'unknown' || version === '' ? title : `${title} ${version}`;
  byId('name').textContent = title;
  const versions = (metadata?.versions ?? []).filter((each) => each !== '');
  byId('about').replaceChildren(
    ...versions.map((each) => element('span', { class: 'chip' }, `version ${each}`)),
    ...(metadata?.platform ? [element('span', { class: 'chip' }, metadata.platform)] : []),
    element('span', {}, summary ?? 'A model behind the REST protocol of Seldon Core v1'),
  );
  if (unavailable !== undefined) {
    byId('trouble').replaceChildren(
      element(
        'div',
        { class: 'alert' },
        element('p', {}, element('strong', {}, MISSING[graph ? 'graph' : 'model'])),
        element('p', {}, unavailable),
        element('p', {}, 'The endpoints below are there all the same.'),
      ),
    );
  }
  if (metadata !== undefined) {
    showPorts(metadata);
  }
}

/** Titles of what is missing. */
const MISSING = {
  model: 'The model’s own description is missing.',
  graph: 'Some of what the units say about themselves is missing.',
} as const;

function showPorts({ inputs, outputs, custom }: Metadata): void {
  const parts = [
    ...portsOf('Inputs', inputs),
    ...portsOf('Outputs', outputs),
    ...customOf(Object.entries(custom)),
  ];
  byId('model').replaceChildren(...parts);
  byId('model').hidden = parts.length === 0;
}

function portsOf(title: string, ports: readonly Port[]): HTMLElement[] {
  if (ports.length === 0) {
    return [];
  }
  return [element('div', { class: 'card port' }, element('h2', {}, title), ...ports.map(describe))];
}

function describe({ messagetype, name, datatype, shape, schema = {} }: Port): HTMLElement {
  const { names, shape: schemaShape, ...others } = schema;
  const axes = shape ?? schemaShape;
  const kind = [messagetype ?? name ?? 'anything', datatype, axes && `shape ${show(axes)}`];
  return element(
    'div',
    {},
    element('p', { class: 'kind' }, kind.filter(Boolean).join(' · ')),
    Array.isArray(names) &&
      element('ul', { class: 'names' }, ...names.map((each) => element('li', { class: 'chip' }, show(each)))),
    Object.keys(others).length > 0 && element('code', {}, JSON.stringify(others)),
  );
}

function customOf(entries: readonly (readonly [string, string])[]): HTMLElement[] {
  if (entries.length === 0) {
    return [];
  }
  const rows = entries.flatMap(([key, value]) => [element('dt', {}, key), element('dd', {}, value)]);
  return [element('div', { class: 'card port' }, element('h2', {}, 'About'), element('dl', {}, ...rows))];
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
