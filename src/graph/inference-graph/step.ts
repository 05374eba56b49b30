import { readGjson } from '../../runtime/graph/conditions/gjson.ts';
import { ConditionError } from '../../runtime/graph/conditions/tokens.ts';
import type { OpenNotes } from '../notes.ts';
import { brief, type Part } from '../part.ts';
import type { RouterType } from './nodes.ts';

/** Whom a step calls. */
export interface StepTarget {
  readonly kind: 'node' | 'service' | 'url';
  /** The name, or the URL. */
  readonly name: string;
  readonly part: Part;
}

/** A step of a node, as it is written. */
export interface Step {
  readonly part: Part;
  /** Its name, or else its place among the steps, as KServe names an answer of an Ensemble. */
  readonly name: string;
  readonly target: StepTarget;
  /** A gjson path. */
  readonly condition: string | undefined;
  /** Whether it gets the answer of the step before. */
  readonly takesAnswer: boolean;
  /** Whether the answer comes to it as a request. */
  readonly isMapped: boolean;
  /** Of a Splitter, in percent. */
  readonly weight: number | undefined;
  readonly isHard: boolean;
}

/** The place of a step. */
interface StepPlace {
  /** Of its node. */
  readonly type: RouterType;
  readonly place: number;
}

/** The members of a step, and the node in which each means something; undefined: in all. */
const MEMBERS: Readonly<Record<string, RouterType | readonly RouterType[] | undefined>> = {
  name: undefined,
  nodeName: undefined,
  serviceName: undefined,
  serviceUrl: undefined,
  dependency: undefined,
  data: 'Sequence',
  mapPredictionsToInstances: 'Sequence',
  weight: 'Splitter',
  condition: ['Sequence', 'Switch'],
};

/** Reads a step. @throws UserError for one that cannot work. */
export function readStep(part: Part, where: StepPlace, notes: OpenNotes): Step {
  const { type, place } = where;
  noteMembers(part, type, notes);
  const isSequence = type === 'Sequence';
  const data = isSequence ? readData(part.member('data')) : undefined;
  return {
    part,
    name: part.member('name').text() ?? String(place),
    target: readTarget(part),
    condition: MEMBERS.condition?.includes(type) ? readCondition(part, where) : undefined,
    takesAnswer: data === '$response' && place > 0,
    isMapped: isSequence && part.member('mapPredictionsToInstances').word(['true', 'false']) === 'true',
    weight: type === 'Splitter' ? readWeight(part.member('weight')) : undefined,
    isHard: part.member('dependency').word(['Soft', 'Hard']) === 'Hard',
  };
}

function noteMembers(part: Part, type: RouterType, { warnings }: OpenNotes): void {
  for (const name of part.names()) {
    if (!Object.hasOwn(MEMBERS, name)) {
      const all = Object.keys(MEMBERS).join(', ');
      warnings.add(`${part.place} has ${brief(name)}, which no step has: it is ignored; expected ${all}`);
    } else if (MEMBERS[name]?.includes(type) === false) {
      warnings.add(`${part.place}.${name} means nothing to the type ${type}: it is ignored`);
    }
  }
}

const TARGETS = [
  ['node', 'nodeName'],
  ['service', 'serviceName'],
  ['url', 'serviceUrl'],
] as const;

function readTarget(step: Part): StepTarget {
  const found = TARGETS.flatMap(([kind, member]) => {
    const part = step.member(member);
    const name = part.text();
    return name === undefined ? [] : [{ kind, name, part }];
  });
  const [target] = found;
  return target !== undefined && found.length === 1
    ? target
    : step.refuse(
        `has ${found.length === 0 ? 'no target' : `${found.length} targets`}; expected one of nodeName, ` +
          'serviceName and serviceUrl',
      );
}

/** KServe takes any other text for the request, too, also `$response.predictions`. */
function readData(part: Part): '$request' | '$response' | undefined {
  const data = part.text();
  return data === undefined || data === '$request' || data === '$response'
    ? data
    : part.refuse(
        `is ${brief(data)}; expected $response, the whole answer of the step before, or $request, the ` +
          'message of the node',
      );
}

function readCondition(step: Part, { type, place }: StepPlace): string | undefined {
  const part = step.member('condition');
  const condition = part.text();
  if (condition === undefined) {
    return type === 'Switch'
      ? part.refuse('is not there, so the step would never be chosen; expected a gjson path')
      : undefined;
  }
  if (type === 'Sequence' && place === 0) {
    part.refuse('looks into the answer of the step before, and this is the first one');
  }
  try {
    readGjson(condition);
    return condition;
  } catch (error) {
    if (error instanceof ConditionError) {
      return part.refuse(error.message);
    }
    throw error;
  }
}

function readWeight(part: Part): number {
  const { value } = part;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 100
    ? value
    : part.refuse(
        value === undefined
          ? 'is not there; expected a whole number, all of a Splitter together 100'
          : `is ${brief(value)}; expected a whole number from 0 to 100`,
      );
}
