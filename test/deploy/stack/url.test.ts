import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyWithZip, readTemplate, resourcesOf, serverless, type Template } from '../../support/stack.ts';
import { FUNCTIONS, inTurn, openLanes, templateFor } from '../../support/templates.ts';

openLanes();

/** The template of a project that gives URLs to functions; `urls`: in YAML, by name. */
async function withUrls(
  urls: Readonly<Record<string, string>>,
  parameters: readonly string[] = [],
): Promise<Template> {
  const project = copyWithZip();
  const file = join(project, 'serverless.yml');
  let yml = readFileSync(file, 'utf8');
  for (const [name, url] of Object.entries(urls)) {
    yml = yml.replace(`    handler: handlers/${name}.handler\n`, (line) => `${line}    url: ${url}\n`);
  }
  writeFileSync(file, yml);
  const { code, text } = await inTurn(() => serverless(project, ['package'], parameters));
  expect({ code, text }).toMatchObject({ code: 0 });
  return readTemplate(project);
}

const handlersOf = (template: Template) =>
  resourcesOf(template, 'AWS::Lambda::Function')
    .map(({ Handler }) => Handler.replace(/^handlers\/(.*)\.handler$/, '$1'))
    .sort();

const urlsOf = (template: Template) =>
  resourcesOf(template, 'AWS::Lambda::Url').map(({ AuthType, TargetFunctionArn }) => [
    TargetFunctionArn['Fn::GetAtt'][0],
    AuthType,
  ]);

describe.concurrent('the function of the Open Inference Protocol', () => {
  test('is left out without a URL', async () => {
    expect(handlersOf(await templateFor())).not.toContain('v2');
    expect(handlersOf(await templateFor(['functions=all']))).not.toContain('v2');
  });

  test.each([
    ['true', 'NONE'],
    ['{ authorizer: aws_iam }', 'AWS_IAM'],
  ])('has its URL beside the API, and does what predict may do: url: %s', async (url, auth) => {
    const template = await withUrls({ v2: url });
    expect(handlersOf(template)).toEqual([...FUNCTIONS, 'v2'].sort());
    expect(urlsOf(template)).toEqual([['V2LambdaFunction', auth]]);
    expect(template.Outputs.V2LambdaFunctionUrl).toBeDefined();
    const [own, predict] = ['v2', 'predict'].map((name) =>
      resourcesOf(template, 'AWS::Lambda::Function').find(
        ({ Handler }) => Handler === `handlers/${name}.handler`,
      ),
    );
    expect(own?.Role).toEqual(predict?.Role);
    expect(own?.Environment).toEqual(predict?.Environment);
    const plain = await templateFor();
    const routesOf = (made: Template) =>
      resourcesOf(made, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
    expect(routesOf(template).sort()).toEqual(routesOf(plain).sort());
  });

  test('stays with functions=single, as every function with a URL; that of all can have one', async () => {
    const template = await withUrls({ v2: 'true', predict: 'true', all: 'true' }, ['functions=single']);
    expect(handlersOf(template)).toEqual(['all', 'predict', 'v2']);
    expect(
      urlsOf(template)
        .map(([name]) => name)
        .sort(),
    ).toEqual(['AllLambdaFunction', 'PredictLambdaFunction', 'V2LambdaFunction']);
    // The API has one function all the same.
    const called = resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(({ IntegrationUri }) =>
      JSON.stringify(IntegrationUri),
    );
    expect(new Set(called)).toEqual(new Set(['{"Fn::GetAtt":["AllLambdaFunction","Arn"]}']));
  });
});
