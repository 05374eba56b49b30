import aws4 from 'aws4';
import type { Serverless } from '../serverless-types.ts';

/**
 * Whether DynamoDB has a table of this name, in the account and region of the deployment; undefined when the
 * credentials do not allow the question.
 *
 * @throws Error when DynamoDB cannot be reached.
 */
export async function hasTable(serverless: Serverless, name: string): Promise<boolean | undefined> {
  const provider = serverless.getProvider('aws');
  const region = provider.getRegion();
  const credentials = await provider.getAwsSdkV3CredentialsProvider()({ callerClientConfig: { region } });
  const endpoint = endpointOf(region);
  const { headers = {}, body } = aws4.sign(
    {
      service: 'dynamodb',
      region,
      host: endpoint.host,
      path: endpoint.pathname,
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.DescribeTable',
      },
      body: JSON.stringify({ TableName: name }),
    },
    credentials,
  );
  // fetch sets these two itself.
  const { Host: _host, 'Content-Length': _length, ...others } = headers as Record<string, string>;
  const answer = await fetch(endpoint, { method: 'POST', headers: others, body: body as string });
  if (answer.ok) {
    return true;
  }
  return (await answer.text()).includes('ResourceNotFoundException') ? false : undefined;
}

function endpointOf(region: string): URL {
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL } = process.env;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(AWS_ENDPOINT_URL_DYNAMODB || AWS_ENDPOINT_URL || `https://dynamodb.${region}.${suffix}`);
}
