/** The paths of a single model. */
const PATHS = {
  predict: '/predict',
  transformInput: '/transform-input',
  transformOutput: '/transform-output',
  route: '/route',
  aggregate: '/aggregate',
  feedback: '/send-feedback',
  metadata: '/metadata',
  health: '/health/status',
} as const;

/** The paths below those of Seldon's ingress, and of an orchestrator behind it. */
const INGRESS: { readonly [K in PathName]?: string } = {
  predict: '/api/v1.0/predictions',
  feedback: '/api/v1.0/feedback',
  metadata: '/api/v1.0/metadata',
  health: '/api/v1.0/health/status',
};

/** A call that has a path. */
export type PathName = keyof typeof PATHS;

/**
 * The path of a call below an address.
 *
 * @throws TypeError for a call that Seldon's ingress does not have.
 */
export function pathOf(base: string, name: PathName): string {
  // A client without a namespace leaves it out.
  if (!/\/seldon\/[^/]+(?:\/[^/]+)?$/.test(base)) {
    return PATHS[name];
  }
  const path = INGRESS[name];
  if (path === undefined) {
    throw new TypeError(
      `${name}: Seldon's ingress has no such path; expected the address of the model itself`,
    );
  }
  return path;
}
