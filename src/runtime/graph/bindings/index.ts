import type { Binding } from '../bound-unit.ts';
import { model } from './model.ts';

/**
 * Where units can run. Their order does not matter; the code of all but classes is loaded when it is needed.
 */
const bindings: readonly Binding[] = [
  model,
  {
    name: 'implementation',
    matches: (target) => target.startsWith('implementation:'),
    open: async (...unit) => (await import('./implementation.ts')).openImplementation(...unit),
  },
  {
    name: 'lambda',
    matches: (target) => /^(lambda:|arn:aws[\w-]*:lambda:)/.test(target),
    open: async (...unit) => (await import('./lambda.ts')).openFunction(...unit),
  },
  {
    name: 'http',
    matches: (target) => /^https?:\/\//.test(target),
    open: async (...unit) => (await import('./http.ts')).openUrl(...unit),
  },
];

/**
 * Finds the binding of a target.
 *
 * @throws Error when none matches; the plan was checked when it was packaged.
 */
export function bindingOf(target: string): Binding {
  const found = bindings.find((binding) => binding.matches(target));
  if (found === undefined) {
    throw new Error(
      `the target ${target} is not known; expected one of ${bindings.map(({ name }) => name).join(', ')}`,
    );
  }
  return found;
}
