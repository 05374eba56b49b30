import type { Config } from './config.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from './http.ts';

export async function respondOpenapi(_request: HttpRequest, _config: Config): Promise<HttpResponse> {
  return jsonResponse('{}');
}
