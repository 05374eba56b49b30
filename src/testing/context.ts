import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** Milliseconds that a call has. */
const TIMEOUT_MS = 29_000;

/** The context of an invocation that has just begun. */
export function toContext(): Context {
  const start = Date.now();
  const functionName = 'test';
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
    memoryLimitInMB: '1024',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: '2026/01/01/[$LATEST]test',
    getRemainingTimeInMillis: () => Math.max(0, start + TIMEOUT_MS - Date.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
