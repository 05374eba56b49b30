import { actionsOf, allow, ownArn, type ToPermissions } from '../grant.ts';

const ACTIONS = {
  read: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
  write: 'dynamodb:PutItem',
  delete: 'dynamodb:DeleteItem',
};

/** Permissions on the items of the table `dynamodb://table`. */
export const toDynamodbPermissions: ToPermissions = ({ hostname }, may) => [
  allow(actionsOf(may, ACTIONS), ownArn('dynamodb', `table/${hostname}`)),
];
