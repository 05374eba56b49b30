import type { StoreSettings } from '../../../src/runtime/stores/store.ts';

/** Of AWS' own examples. */
export const AWS_CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

/** Settings that every server of the tests accepts; each has an endpoint of its own. */
export const AWS_SETTINGS: StoreSettings = {
  region: 'eu-west-1',
  credentials: AWS_CREDENTIALS,
  dynamodbEndpoint: undefined,
  s3Endpoint: undefined,
  overflowUrl: undefined,
};
