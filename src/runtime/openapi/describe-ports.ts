import { stringify } from '../json/write-json.ts';
import type { Metadata } from '../model/metadata.ts';

/** Inputs or outputs as a list in CommonMark; empty when there are none. */
export function describePorts(title: string, ports: Metadata['inputs']): string[] {
  return ports.length === 0
    ? []
    : [`${title}:\n${ports.map((port) => `\n- ${describePort(port)}`).join('')}`];
}

function describePort(port: Metadata['inputs'][number]): string {
  const { messagetype, name, datatype, schema, shape } = port as PortFacts;
  const facts = Object.entries({ shape, ...schema }).filter(([, value]) => value !== undefined);
  const words = [messagetype ?? name, datatype, ...facts.map(([key, value]) => `${key} ${show(value)}`)];
  return words.filter((word) => word !== undefined).join(', ') || 'anything';
}

/** Every key that some kind of port has. */
interface PortFacts {
  readonly messagetype?: string;
  readonly name?: string;
  readonly datatype?: string;
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly shape?: readonly number[];
}

function show(value: unknown): string {
  return `\`${stringify(value)}\``;
}
