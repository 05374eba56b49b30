/** Region, credentials and endpoint of S3, by the usual variables of AWS. */
export function s3Settings(
  {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION,
    AWS_DEFAULT_REGION,
    AWS_ENDPOINT_URL_S3,
    AWS_ENDPOINT_URL,
  }: NodeJS.ProcessEnv = process.env,
) {
  return {
    region: AWS_REGION || AWS_DEFAULT_REGION,
    credentials:
      accessKeyId && secretAccessKey
        ? { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
        : undefined,
    s3Endpoint: AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined,
  };
}
