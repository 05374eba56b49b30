/** An InferenceGraph of KServe. `spec`: more of its members. */
export function inferenceGraph(
  nodes: unknown,
  annotations: Readonly<Record<string, string>> = {},
  spec: Readonly<Record<string, unknown>> = {},
) {
  return {
    apiVersion: 'serving.kserve.io/v1alpha1',
    kind: 'InferenceGraph',
    metadata: { name: 'shop', annotations },
    spec: { ...spec, nodes },
  };
}

/** A node. */
export function node(routerType: string, ...steps: readonly object[]) {
  return { routerType, steps };
}
