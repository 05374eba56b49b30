import type { StoreSettings } from '../../../src/runtime/stores/store.ts';

/** Of AWS' own examples. */
export const AWS_CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

/** What every server in test/ takes; the endpoints are theirs to say. */
export const AWS_SETTINGS: StoreSettings = {
  region: 'eu-west-1',
  credentials: AWS_CREDENTIALS,
  dynamodbEndpoint: undefined,
  s3Endpoint: undefined,
  overflowUrl: undefined,
};
