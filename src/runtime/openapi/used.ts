import { stringify } from '../json/write-json.ts';

/** The components of a document, by section and name. */
type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The components that `roots` refer to, and those that these refer to, in their order. */
export function usedOf(components: Components, roots: unknown): Components {
  const used = new Set<string>();
  const visit = (node: unknown) => {
    for (const [, section = '', name = ''] of stringify(node).matchAll(REFERENCE)) {
      const place = `${section}/${name}`;
      if (!used.has(place)) {
        used.add(place);
        visit(components[section]?.[name]);
      }
    }
  };
  visit(roots);
  return Object.fromEntries(
    Object.entries(components).map(([section, members]) => {
      const kept = Object.entries(members).filter(([name]) => used.has(`${section}/${name}`));
      return [section, Object.fromEntries(kept)];
    }),
  );
}

const REFERENCE = /"#\/components\/(\w+)\/([\w.-]+)/g;
