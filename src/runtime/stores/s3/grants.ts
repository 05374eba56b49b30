import { actionsOf, allow, type ToPermissions } from '../grant.ts';

const ACTIONS = { read: 's3:GetObject', write: 's3:PutObject', delete: 's3:DeleteObject' };

/** Permissions on the object `s3://bucket/prefix` and on the objects below it. */
export const toS3Permissions: ToPermissions = ({ hostname, pathname }, may) => {
  const bucket = `arn:\${AWS::Partition}:s3:::${hostname}`;
  const prefix = decodeURIComponent(pathname.replace(/^\/+|(?<!\/)\/+$/g, ''));
  const objects = prefix === '' ? ['*'] : [prefix, `${prefix}/*`];
  return [
    allow(
      actionsOf(may, ACTIONS),
      objects.map((object) => ({ 'Fn::Sub': `${bucket}/${object}` })),
    ),
    // A role that may not list a bucket is answered 403 instead of 404 for an object that does not exist.
    allow(['s3:ListBucket'], { 'Fn::Sub': bucket }),
  ];
};
