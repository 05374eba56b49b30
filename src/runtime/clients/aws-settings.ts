/** Region and credentials of calls to AWS. */
export interface AwsSettings {
  readonly region: string | undefined;
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
}

/** Settings of calls to S3; `s3Endpoint`: AWS_ENDPOINT_URL_S3, or else AWS_ENDPOINT_URL. */
export interface S3Settings extends AwsSettings {
  readonly s3Endpoint: string | undefined;
}
