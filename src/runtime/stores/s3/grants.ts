import { actionsOf, allow, type ToPermissions } from '../grant.ts';

const ACTIONS: Readonly<Record<string, string>> = {
  read: 's3:GetObject',
  write: 's3:PutObject',
  delete: 's3:DeleteObject',
};

/** Permissions on the object `s3://bucket/prefix` and on the objects below it. */
export const toS3Permissions: ToPermissions = ({ hostname, pathname }, may) => {
  const bucket = `arn:\${AWS::Partition}:s3:::${hostname}`;
  const prefix = decodeURIComponent(pathname.replace(/^\/+|(?<!\/)\/+$/g, ''));
  const objects = prefix === '' ? ['*'] : [prefix, `${prefix}/*`];
  // S3 also asks for this permission when an object does not exist, and then there is no s3:prefix: a role
  // without it is answered 403 instead of 404.
  const condition = may.includes('list') ? 'StringLike' : 'StringLikeIfExists';
  return [
    allow(
      actionsOf(may, ACTIONS),
      objects.map((object) => ({ 'Fn::Sub': `${bucket}/${object}` })),
    ),
    {
      ...allow(['s3:ListBucket'], { 'Fn::Sub': bucket }),
      ...(prefix === '' ? {} : { Condition: { [condition]: { 's3:prefix': objects } } }),
    },
  ];
};
