import { type Command, Option } from 'commander';
import { OPTIONS, type OptionName, type OptionRow } from '../batch/options.ts';
import { addNotes, repeated } from '../program.ts';

/** The variables of seldon-batch-processor. */
const VARIABLE = 'SELDON_BATCH_';

/** `batch`: answers each line of a file. */
export function configure(command: Command): void {
  command.usage('in.jsonl out.jsonl --url https://... | --model Iris [options]').argument('[args...]');
  for (const row of Object.values<OptionRow>(OPTIONS)) {
    command.addOption(toOption(row));
  }
  command.action(async (args, options) => {
    const isGiven = (name: OptionName) => command.getOptionValueSource(name) === 'cli';
    if (options.distributed) {
      await (await import('../batch/distributed/run.ts')).answerInStack(args, options, isGiven);
    } else {
      await (await import('../batch/run.ts')).answerFile(args, options, isGiven);
    }
  });
  addNotes(
    command,
    [
      'people.csv.gz out.jsonl --url "$URL" --batch-size 100 --sigv4',
      'in.jsonl s3://bucket/out.jsonl.gz --model Iris --batch-size 500',
      'in.jsonl out.jsonl --url "$URL" --header "x-api-key: $KEY" --resume',
      'in.jsonl out.jsonl --url http://triton:8000/v2/models/iris --protocol v2 --binary',
      's3://bucket/in.jsonl s3://bucket/out/run1 --distributed --stack seldon-lambda-iris-prod --merge all.jsonl',
    ],
    '0 all lines were answered, 1 some were not, or the run ended before its time,\n' +
      '2 the command or a file has to be corrected, 3 more lines than --max-failures have failed',
  );
}

function toOption({ flags, about, variable, fallback }: OptionRow): Option {
  const option = new Option(flags, about).default(fallback);
  if (variable !== undefined) {
    option.env(VARIABLE + variable);
  }
  return Array.isArray(fallback) ? option.argParser(repeated) : option;
}
