/**
 * The contract of each store's `grants.ts`, and what these share. Only src/deploy imports these: a function
 * needs no list of its own permissions.
 * @module
 */

/** Something that a role may do with the values of a store; `list`: with the objects of a bucket. */
export type May = 'read' | 'write' | 'delete' | 'list';

/** A statement of an IAM policy, for a CloudFormation template. */
interface Permission {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** The permissions that a store at `url` needs; none where IAM does not guard it. */
export type ToPermissions = (url: URL, may: readonly May[]) => Permission[];

/** Allows `actions` on `resource`. */
export function allow(actions: readonly string[], resource: unknown): Permission {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

/** IAM's names for `may`; `list` has none for values. */
export function actionsOf(
  may: readonly May[],
  names: Readonly<Record<string, string | readonly string[]>>,
): string[] {
  return may.flatMap((each) => names[each] ?? []);
}

/** The ARN of a resource in the stack's own account and region. */
export function ownArn(service: string, name: string): { readonly 'Fn::Sub': string } {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${name}` };
}

/** Gives no permissions: for a store that IAM does not guard. */
export const toNoPermissions: ToPermissions = () => [];
