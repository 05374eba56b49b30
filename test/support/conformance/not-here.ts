/**
 * Recorded cases that cannot exist here, each with its reason. Nothing in here is a difference that a client
 * could notice.
 */
export const NOT_HERE: Readonly<Record<string, string>> = {
  'http/query/too-long':
    "a limit of the reference's web server (a request line of 4,094 bytes); API Gateway has its own",
  'http/misc/gzip-body': 'the reference cannot read a compressed request; here it can',
  'http/GET/seldon.json':
    "the answer is the reference's own document, which is not free to copy; ours is tested in openapi.test.ts",
  'return/dict_mixed_keys/from-strData':
    'keys of an object are always text in JavaScript, so they cannot be mixed',
  'return/tuple/from-strData': 'there is no tuple in JavaScript',
  'metrics/zoo/tuple': 'there is no tuple in JavaScript (B10)',
  'metrics/runtime-zoo/tuple': 'there is no tuple in JavaScript (B10)',
  'lifecycle/unknown-module': 'a command line flag: functions have no command line',
  'lifecycle/bad-service-type': 'a command line flag: functions have no command line',
};
