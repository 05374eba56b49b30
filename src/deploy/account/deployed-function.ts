import { UserError } from '../../bundle/user-error.ts';
import type { Serverless } from '../serverless-types.ts';

/**
 * Prepares a function for `deploy function`, which has just read how it is deployed.
 *
 * It keeps its role: this command does not know the names that CloudFormation has given to the roles, and
 * another role takes a whole deployment anyway.
 *
 * @throws UserError when the deployed function serves another model: the others would go on serving that.
 */
export function adoptFunction({ service }: Serverless, name: string): void {
  const definition = service.functions[name];
  const deployed = service.provider.remoteFunctionData?.Configuration;
  if (definition === undefined || deployed === undefined) {
    return;
  }
  const serves = deployed.Environment?.Variables?.MODEL_NAME;
  const { MODEL_NAME: model } = service.provider.environment;
  if (serves !== undefined && serves !== model) {
    throw new UserError(`the deployed function serves the model ${serves}, and MODEL_NAME is ${model}`);
  }
  definition.role = deployed.Role;
}
