import type { CallContext } from '../../instance/endpoint.ts';
import type { Flow } from '../../protocols/graph-wire.ts';
import type { BindingHost, BoundUnit, Passed } from '../bound-unit.ts';
import type { UnitPlan } from '../plan.ts';

/** A unit that is code of this package, by Seldon's word for it. */
export interface Implementation {
  /** Makes a unit. Its parameters and children were checked when the graph was packaged. */
  open(name: string, plan: UnitPlan, host: BindingHost): Code;
}

/** The part of a unit that each kind of it has for itself. A router has one of `choose` and `pass`. */
export interface Code extends Pick<BoundUnit, 'call'> {
  /**
   * Chooses a child. -2 means none.
   *
   * @throws SeldonError for a message that it cannot read.
   */
  choose?(choice: Choice): number | Promise<number>;
  /**
   * Sends a message to the children in a way of its own, in place of a choice.
   *
   * @param send - sends the message to one of them, or another one. @param context - of the graph's call.
   * @returns the answer, and the place of whose it is.
   */
  pass?<Child>(
    children: readonly Child[],
    send: (child: Child, message?: Flow) => Promise<Flow>,
    context: CallContext,
  ): Promise<Passed>;
}

/** What a router chooses by. */
export interface Choice {
  /** Of the call at this node, if it has an idempotency key: a repeat chooses the same child. */
  readonly key: string | undefined;
  readonly message: Flow;
  /** The graph's call. */
  readonly context: CallContext;
}
