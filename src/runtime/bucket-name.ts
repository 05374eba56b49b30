/**
 * The name of a bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The URL of objects in a bucket, for messages. */
export const BUCKET_URL =
  's3://bucket/prefix, with the name of a bucket: 3 to 63 small letters, digits, hyphens and dots';
