import { expect, test } from 'vitest';
import { GRANTS } from '../../../src/runtime/stores/grants.ts';
import { STORES } from '../../../src/runtime/stores/index.ts';

test('what IAM must allow is known for the URL of every store', () => {
  expect(Object.keys(GRANTS).sort()).toEqual(Object.keys(STORES).sort());
});

test('permissions on a part of a bucket are for that part', () => {
  const permissions = GRANTS['s3:']?.(new URL('s3://bucket/a%20b/'), ['read', 'delete']);
  const bucket = `arn:\${AWS::Partition}:s3:::bucket`;
  expect(permissions).toEqual([
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:DeleteObject'],
      Resource: [{ 'Fn::Sub': `${bucket}/a b` }, { 'Fn::Sub': `${bucket}/a b/*` }],
    },
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: { 'Fn::Sub': bucket },
      // Where nothing is listed, S3 asks only for an object that does not exist, and without a prefix.
      Condition: { StringLikeIfExists: { 's3:prefix': ['a b', 'a b/*'] } },
    },
  ]);
  const [, listing] = GRANTS['s3:']?.(new URL('s3://bucket/a%20b/'), ['read', 'list']) ?? [];
  expect(listing).toMatchObject({ Condition: { StringLike: { 's3:prefix': ['a b', 'a b/*'] } } });
  const [, all] = GRANTS['s3:']?.(new URL('s3://bucket'), ['read', 'list']) ?? [];
  expect(all).not.toHaveProperty('Condition');
});
