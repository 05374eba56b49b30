import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { Configuration } from '../../../src/deploy/serverless-types.ts';
import { readParameters } from '../../../src/deploy/stack/parameters.ts';
import { removeFolders } from '../../support/project.ts';
import { copyWithZip, resourcesOf, serverless, templatePath } from '../../support/stack.ts';
import { inTurn, JWT, openLanes, PATHS, POOL, templateFor } from '../../support/templates.ts';

openLanes();

const CONFIGURATION = parseYaml(
  readFileSync(new URL('../../../serverless.yml', import.meta.url), 'utf8'),
) as Configuration;

afterAll(removeFolders, 60_000);

test('a command that makes a template warns of settings that would be lost', async () => {
  const project = copyWithZip();
  const path = join(project, 'serverless.yml');
  const settings = readFileSync(path, 'utf8').replace(/^ {2}default:$/m, '  defualt: { auth: none }\n$&');
  writeFileSync(path, settings);
  const { code, text } = await serverless(project, ['print']);
  expect(text).toContain(
    'warning: params.defualt is for a stage of the name defualt only; is params.default meant?',
  );
  expect(code).toBe(0);
});

describe.concurrent('parameters that cannot be are refused in one sentence', () => {
  test.concurrent.each([
    [['memory=64'], 'parameter memory is 64; expected a whole number from 128 to 10240'],
    [
      ['memroy=512'],
      /^there is no parameter memroy; is memory meant\? expected one of: auth, metricsAuth, api, .*, protected$/,
    ],
    [
      ['warmFunctions=predict,preditc'],
      /^parameter warmFunctions has preditc; expected names of predict, send-feedback, .*, not-found$/,
    ],
    [
      ['auth=apikey', 'api=http'],
      'auth=apikey is not available with api=http; expected auth=none, iam, jwt, or another api',
    ],
    [
      ['provisionedConcurrency=3', 'reservedConcurrency=2'],
      'parameter provisionedConcurrency is 3; expected at most reservedConcurrency, which is 2',
    ],
    [['auth=jwt'], 'auth=jwt with api=http needs --param jwtIssuer=... and --param jwtAudience=...'],
    [['auth=jwt', 'jwtAudience=iris'], 'auth=jwt with api=http needs --param jwtIssuer=...'],
    [['auth=jwt', 'api=rest'], 'auth=jwt with api=rest needs --param userPool=...'],
    [['quotaPerMonth=5'], 'parameter quotaPerMonth has no meaning for auth=iam with api=http; expected none'],
    [
      [...JWT, `userPool=${POOL}`],
      'parameter userPool has no meaning for auth=jwt with api=http; expected none',
    ],
  ])('%j, and there is no template', async (parameters, sentence) => {
    const { code, text, isMade } = await inTurn(async (project) => ({
      ...(await serverless(project, ['package'], parameters)),
      isMade: existsSync(templatePath(project)),
    }));
    const [said] = text.split('\n').filter((line) => /parameter|auth=/.test(line));
    expect(said).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
    expect(text).not.toMatch(/^ {4}at /m);
    expect(code).toBe(1);
    expect(isMade).toBe(false);
  });

  test.each([
    ['auth=maybe', 'iam, jwt, apikey, none'],
    ['api=soap', 'auto, http, rest'],
    ['jwtIssuer=http://issuer', 'the https:// URL of the issuer of the tokens; or none'],
    ['jwtAudience=a,,b', 'the audiences of the tokens, comma-separated; or none'],
    ['userPool=mine', 'the ARN of a Cognito user pool; or none'],
    ['memory=1 GB', 'a whole number from 128 to 10240'],
    ['timeout=30', 'a whole number from 1 to 29'],
    ['logDays=10', /^1, 3, 5, 7, 14, 30, .*, 3653$/],
    ['tracing=on', 'Active, PassThrough'],
    ['throttleRate=0', 'a whole number from 1 to 100000'],
    ['throttleBurst=1e3', 'a whole number from 1 to 100000'],
    ['quotaPerMonth=all', 'a whole number from 1 to 2000000000; or none'],
    ['alarms=yes', 'auto, true, false'],
    ['functions=some', 'needed, all, single'],
    ['stateTable=mine', 'own, existing'],
    ['reservedConcurrency=0', 'a whole number from 1 to 1000; or none'],
    ['replaces=a b', 'the name of a model; or none'],
    ['localUrls=yes', 'true, false'],
    ['alarmTopic=ops', 'an e-mail address, or the ARN of an SNS topic; or none'],
    ['p99Ms=0.5', 'a whole number from 1 to 29000; or none'],
    ['provisionedConcurrency=-1', 'a whole number from 0 to 1000'],
    ['warmUp=rate(1 minutes)', 'rate(5 minutes), or cron(...) with six fields; or none'],
    ['warmUp=cron(0 9 * * *)', 'rate(5 minutes), or cron(...) with six fields; or none'],
    ['warmFunctions=', 'names of functions, comma-separated'],
    ['protected=1', 'true, false'],
  ])('%s', (given, expected) => {
    const [name, value] = given.split('=');
    let said = '';
    try {
      readParameters(CONFIGURATION, 'prod', [given]);
    } catch (error) {
      said = (error as Error).message;
    }
    const prefix = `parameter ${name} is ${value}; expected `;
    expect(said.slice(0, prefix.length)).toBe(prefix);
    expect(said.slice(prefix.length)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });

  test('and one of a stage as one of the command line', () => {
    const { params } = CONFIGURATION;
    const configuration = { ...CONFIGURATION, params: { ...params, test: { auth: 'nobody' } } };
    expect(() => readParameters(configuration, 'test', [])).toThrow(
      'parameter auth is nobody; expected iam, jwt, apikey, none',
    );
    expect(readParameters(configuration, 'test', ['auth=none']).auth).toBe('none');
  });
});

describe.concurrent('CORS comes from CORS_ALLOWED_ORIGINS and CORS_ALLOWED_HEADERS, for functions and API alike', () => {
  const two = {
    CORS_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    CORS_ALLOWED_HEADERS: 'content-type,x-mine',
  };
  const one = { CORS_ALLOWED_ORIGINS: 'https://a.example' };
  const off = { CORS_ALLOWED_ORIGINS: '' };

  test('of an HTTP API', async () => {
    const corsOf = async (environment: Record<string, string>) => {
      const template = await templateFor([], { environment });
      const [{ Environment }] = resourcesOf(template, 'AWS::Lambda::Function');
      expect(Environment.Variables).toMatchObject(environment);
      return resourcesOf(template, 'AWS::ApiGatewayV2::Api')[0].CorsConfiguration;
    };
    expect(await corsOf({})).toMatchObject({
      AllowOrigins: ['*'],
      AllowMethods: ['GET', 'POST', 'OPTIONS'],
      AllowHeaders: expect.arrayContaining(['authorization', 'content-type', 'idempotency-key']),
      ExposeHeaders: ['Retry-After', 'Seldon-Puid'],
    });
    expect(await corsOf(two)).toMatchObject({
      AllowOrigins: ['https://a.example', 'https://b.example'],
      AllowHeaders: ['content-type', 'x-mine'],
    });
    expect(await corsOf(off)).toBeUndefined();
  });

  test('of a REST API', async () => {
    const answersOf = async (environment: Record<string, string>) => {
      const template = await templateFor(['api=rest'], { environment });
      const questions = resourcesOf(template, 'AWS::ApiGateway::Method').filter(
        ({ HttpMethod }) => HttpMethod === 'OPTIONS',
      );
      const refusals = resourcesOf(template, 'AWS::ApiGateway::GatewayResponse');
      return {
        questions: questions.map(({ Integration }) => JSON.stringify(Integration)),
        refusals: refusals.flatMap(({ ResponseParameters }) => Object.values(ResponseParameters)),
      };
    };
    const first = await answersOf(one);
    expect(first.questions.length).toBeGreaterThan(PATHS.length);
    for (const text of first.questions) {
      expect(text).toContain("'https://a.example'");
    }
    expect(first.refusals).toEqual(["'https://a.example'", "'https://a.example'"]);
    const second = await answersOf(two);
    for (const text of second.questions) {
      expect(text).toMatch(/https:\/\/b\[\.\]example/);
      expect(text).toContain("'content-type,x-mine'");
    }
    expect(second.refusals).toEqual([]);
    expect(await answersOf(off)).toEqual({ questions: [], refusals: [] });
  });
});
