import type { Case } from './case.ts';

/** The class that stands for a recorded model, by the model's name; for one peer: `peer/name`. */
const CLASSES: Readonly<Record<string, string>> = {
  identity: 'Identity',
  'raw-echo': 'RawEcho',
  probe: 'Probe',
  'probe-np': 'ProbeNp',
  sum: 'Sum',
  batched: 'Sum',
  'kserve/sum': 'KserveSum',
  classifier: 'Classifier',
  'kserve/classifier': 'KserveClassifier',
  iris: 'IrisOutputs',
  multi: 'Multi',
  frame: 'Identity',
  upper: 'Upper',
  text: 'Upper',
  image: 'Image',
  'bytes-back': 'BytesBack',
  dates: 'Dates',
  fails: 'Fails',
  'kserve/fails': 'KserveFails',
  special: 'Special',
  'non-utf8': 'NonUtf8',
  'not-ready': 'NotReady',
  loading: 'NotReady',
  seen: 'Seen',
  add_sub: 'AddSub',
};

/** Two versions of one model are two deployments here; a gateway sends each version's paths to its own. */
const VERSIONED: Readonly<Record<string, string>> = { '1': 'Versioned', undefined: 'Versioned10' };

/**
 * The environment of the functions that stand for the peer's model of a case. A case without a model, or with
 * one that the peer does not have, is sent to another model.
 */
export function environmentOf({ id, peer, request }: Case): Readonly<Record<string, string>> {
  if (id.endsWith('-one-not')) {
    return environment('not-ready', 'NotReady');
  }
  const other = peer === 'triton' ? 'add_sub' : 'identity';
  const name = decodeURIComponent(/\/models\/([^/:]+)/.exec(request.path)?.[1] ?? other);
  if (name === 'versioned') {
    const version = /\/versions\/(\d+)/.exec(request.path)?.[1];
    return environment(name, VERSIONED[String(version)] ?? 'Versioned10');
  }
  const found = CLASSES[`${peer}/${name}`] ?? CLASSES[name];
  return found === undefined ? environment(other, CLASSES[other] as string) : environment(name, found);
}

function environment(name: string, className: string) {
  return { MODEL_NAME: className, MODEL_METADATA: JSON.stringify({ name }) };
}
