import type { Command } from 'commander';
import { ENDPOINT_NAMES } from '../../contract/endpoint.ts';
import { PROTOCOL_NAMES } from '../../contract/protocols/protocol.ts';
import { addNotes, repeated } from '../program.ts';

/** `contract`: checks a served model against its contract.json. */
export function configure(command: Command): void {
  command
    .usage('contract.json http://localhost:9000 [options]')
    .argument('[args...]')
    .option('--protocol <name>', PROTOCOL_NAMES.join(', '), 'seldon')
    .option('--model <name>', 'with v2 and tensorflow: the name of the model, which is in the path')
    .option('--endpoint <name>', ENDPOINT_NAMES.join(', '), 'predict')
    .option('--path <path>', 'where the endpoint is, below the URL (default: its name, or that of the model)')
    .option('-n, --requests <count>', 'number of requests, sent one after the other', '100')
    .option('-b, --batch <rows>', 'rows in each request', '1')
    .option('-t, --tensor', 'send data as tensor, not as ndarray', false)
    .option('--form', "send the body as form field json=, as Seldon's client does", false)
    .option('--messages <count>', 'messages that one call of aggregate combines (default: 2)')
    .option(
      '--unit <id>',
      'with send-feedback to a router: its PREDICTIVE_UNIT_ID; targets[0] is sent as the branch that the ' +
        'router chose',
    )
    .option('--binary', 'with v2: tensors are bytes behind the JSON, there and back', false)
    .option('--columns', 'with v2 and tensorflow: send each column by its name', false)
    .option(
      '--input <name>',
      'with v2: name of the tensor of all features, and its datatype, as x:FP32 (default: input-0)',
    )
    .option('--header <header>', "'x-api-key: ...'; may be repeated", repeated, [])
    .option(
      '--sigv4',
      'sign for IAM, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION',
      false,
    )
    .option('-p, --print', 'show each request and its answer', false)
    .option('--timeout <ms>', 'how long to wait for an answer', '30000')
    .option('--p99 <ms>', 'fail when more than one in 100 answers takes longer')
    .option('--seed <number>', 'make the same requests again (default: random)')
    .option('--json', 'print the report as JSON', false)
    .action(async (args, options) => (await import('../contract/run.ts')).checkModel(args, options));
  addNotes(
    command,
    [
      'models/Iris.contract.json http://localhost:9000 -n 1000',
      'models/Iris.contract.json http://localhost:9000 --protocol v2 --model iris --binary',
      'models/Iris.contract.json "$URL" --header "x-api-key: $KEY" --p99 300 --json',
    ],
    '0 all answers are as the contract says, 1 some are not, or none came,\n' +
      '2 the command or the contract has to be corrected',
  );
}
