import type { OpenNotes } from './notes.ts';
import type { Part } from './part.ts';

/** The container of a unit: of all its members, those that count here. */
export interface Container {
  readonly image: string | undefined;
  /** Its variables that have a value, by name. */
  readonly env: ReadonlyMap<string, string>;
}

/** Members of a component that have nothing to do with its containers. */
const COMPONENT = ['metadata', 'hpaSpec', 'kedaSpec', 'pdbSpec', 'replicas'];

/** The containers of a predictor's `componentSpecs`, by name. Kubernetes' own members are noted. */
export function readContainers(specs: Part, notes: OpenNotes): ReadonlyMap<string, Container> {
  const found = new Map<string, Container>();
  for (const component of specs.items()) {
    const pod = component.member('spec');
    const others = component.names().filter((name) => COMPONENT.includes(name) && name !== 'metadata');
    note(notes, [...others, ...pod.names().filter((name) => name !== 'containers')]);
    for (const container of pod.member('containers').items()) {
      const name = container.member('name').text();
      if (name === undefined) {
        container.member('name').refuse('is not there; expected the name of the unit that it belongs to');
      } else if (found.has(name)) {
        container.member('name').refuse(`is ${name}, like that of another container of this predictor`);
      } else {
        found.set(name, readContainer(container, notes));
      }
    }
  }
  return found;
}

function readContainer(container: Part, notes: OpenNotes): Container {
  note(
    notes,
    container.names().filter((name) => !['name', 'image', 'env'].includes(name)),
  );
  return { image: container.member('image').text(), env: readEnv(container.member('env'), notes) };
}

/** A list of `{name, value}`; what comes from elsewhere in a cluster is noted. */
export function readEnv(list: Part, notes: OpenNotes): ReadonlyMap<string, string> {
  const env = new Map<string, string>();
  for (const entry of list.items()) {
    const name = entry.member('name').text();
    const value = entry.member('value').text();
    if (name === undefined) {
      entry.member('name').refuse('is not there; expected the name of a variable');
    } else if (entry.member('valueFrom').isThere) {
      note(notes, [`valueFrom of ${name}`]);
    } else {
      env.set(name, value ?? '');
    }
  }
  return env;
}

function note({ ignored }: OpenNotes, names: readonly string[]): void {
  for (const name of names) {
    ignored.add(name.slice(0, 80));
  }
}
