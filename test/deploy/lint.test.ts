import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HAS_CFN_LINT, lint } from '../support/cfn-lint.ts';
import { temporaryFolder } from '../support/project.ts';
import { JWT, openLanes, POOL, templateFile } from '../support/templates.ts';

/** The choices of each kind: parameters, and environment variables with a `$` in front. */
const CHOICES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  access: [
    ['api=http', 'auth=iam'],
    ['api=http', ...JWT],
    ['api=http', 'auth=none'],
    ['api=rest', 'auth=iam'],
    ['api=rest', 'auth=jwt', `userPool=${POOL}`],
    ['api=rest', 'auth=none'],
    ['api=rest', 'auth=apikey', 'quotaPerMonth=1000'],
  ],
  stage: [['stage=dev'], ['stage=prod']],
  topic: [
    ['alarmTopic=none'],
    ['alarmTopic=arn:aws:sns:eu-west-1:123456789012:ops'],
    ['alarmTopic=a@b.example'],
  ],
  provisioned: [['provisionedConcurrency=0'], ['provisionedConcurrency=2', 'warmFunctions=predict,route']],
  warmUp: [['warmUp=none'], ['warmUp=rate(5 minutes)']],
  alarms: [['alarms=auto'], ['alarms=true'], ['alarms=false']],
  more: [[], ['reservedConcurrency=3'], ['functions=single']],
  batch: [
    [],
    [
      'batchQueue=true',
      'batchSize=100',
      'batch=true',
      'batchInput=s3://bucket/in',
      '$BATCH_OUTPUT_URL=s3://bucket/out',
    ],
    ['batchQueue=fifo', '$BATCH_OUTPUT_URL=firehose://stream'],
  ],
  tracing: [['tracing=Active'], ['tracing=PassThrough']],
  stores: [
    [],
    ['stateTable=existing', '$MODEL_URI=s3://bucket/model', '$STATE_OVERFLOW_URL=s3://bucket/large'],
    ['$STATE_URL=redis://host', '$METRICS_URL='],
  ],
  cors: [[], ['$CORS_ALLOWED_ORIGINS=https://a.example,https://b.example'], ['$CORS_ALLOWED_ORIGINS=']],
};
/**
 * The kinds whose choices are combined each with each when EVERY_COMBINATION is set, which takes a quarter of
 * an hour. All others, and without it all kinds, are combined two by two.
 */
const EACH_WITH_EACH = ['access', 'stage', 'topic', 'provisioned', 'warmUp'];
/** All others find room in the combinations of these, nearly. */
const LARGEST = ['access', 'topic'];

type Combination = Readonly<Record<string, number>>;

openLanes();

describe.skipIf(!HAS_CFN_LINT)(`cfn-lint${HAS_CFN_LINT ? '' : ', which is not installed,'}`, () => {
  test('has no error in the template of any combination of parameters, and no warning but W3005', async () => {
    const combinations = twoByTwo(eachWithEach(process.env.EVERY_COMBINATION ? EACH_WITH_EACH : LARGEST));
    const files: string[] = [];
    for (const combination of combinations) {
      const { stage = '', parameters, environment } = chosen(combination);
      files.push(await templateFile(parameters, { stage, environment }));
    }
    const broken = breakOne(files.at(-1) as string);
    const findings = (await lint([...files, broken])).map(({ Rule, Filename, Message, Location }) => {
      const of = combinations[files.indexOf(Filename)];
      return `${Rule.Id} ${Message} ${Location.Path?.join('/')} with ${JSON.stringify(of && chosen(of))}`;
    });
    // A dependency that CloudFormation would see by itself; osls writes them, and they change nothing.
    expect(findings.filter((finding) => !finding.startsWith('W3005 '))).toEqual([
      expect.stringMatching(
        /^E3002 .*'Wrong'.* Resources\/PredictLogGroup\/Properties\/Wrong with undefined$/,
      ),
    ]);
    expect(findings.length).toBeGreaterThan(1);
  }, 1_800_000);
});

/** A copy of a template in which one resource is wrong. */
function breakOne(file: string): string {
  const template = JSON.parse(readFileSync(file, 'utf8'));
  template.Resources.PredictLogGroup.Properties.Wrong = 1;
  const copy = join(temporaryFolder(), 'broken.json');
  writeFileSync(copy, JSON.stringify(template));
  return copy;
}

function chosen(combination: Combination) {
  const texts = Object.entries(combination).flatMap(([name, index]) => CHOICES[name]?.[index] ?? []);
  const environment = texts
    .filter((text) => text.startsWith('$'))
    .map((text) => text.slice(1).split(/=(.*)/s));
  return {
    stage: texts.find((text) => text.startsWith('stage='))?.slice('stage='.length),
    parameters: texts.filter((text) => !/^(\$|stage=)/.test(text)),
    environment: Object.fromEntries(environment) as Record<string, string>,
  };
}

function eachWithEach(names: readonly string[]): Combination[] {
  return names.reduce<Combination[]>(
    (made, name) => made.flatMap((each) => indexes(name).map((index) => ({ ...each, [name]: index }))),
    [{}],
  );
}

/**
 * Completes combinations, and adds some, until every two choices of different kinds are together in one of
 * them.
 */
function twoByTwo(started: readonly Combination[]): Combination[] {
  const names = Object.keys(CHOICES);
  const missing = new Set(
    names.flatMap((name, place) =>
      names
        .slice(place + 1)
        .flatMap((other) => eachWithEach([name, other]).map((pair) => JSON.stringify(pair))),
    ),
  );
  const pairsOf = (combination: Combination) =>
    names.flatMap((name, place) =>
      names
        .slice(place + 1)
        .filter((other) => name in combination && other in combination)
        .map((other) => JSON.stringify({ [name]: combination[name], [other]: combination[other] })),
    );
  const complete = (start: Combination): Combination => {
    let combination = start;
    for (const name of names.filter((each) => !(each in start))) {
      const gains = indexes(name).map((index) => {
        const next = { ...combination, [name]: index };
        return { next, gain: pairsOf(next).filter((pair) => missing.has(pair)).length };
      });
      combination = gains.reduce((best, each) => (each.gain > best.gain ? each : best)).next;
    }
    for (const pair of pairsOf(combination)) {
      missing.delete(pair);
    }
    return combination;
  };
  const made = started.map(complete);
  while (missing.size > 0) {
    const [pair = '{}'] = missing;
    made.push(complete(JSON.parse(pair)));
  }
  return made;
}

function indexes(name: string): number[] {
  return [...(CHOICES[name]?.keys() ?? [])];
}
