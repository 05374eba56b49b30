import { describe, expect, test } from 'vitest';
import { GRAPH_ROUTES } from '../../../src/runtime/graph/routes.ts';
import { checkPaths } from '../../../src/runtime/http/check-paths.ts';
import { findRoute } from '../../../src/runtime/http/router.ts';

const endpoints = (...paths: string[]) => paths.map((path) => ({ paths: { [path]: ['GET'] as const } }));
const found = (path: string, ...routes: string[]) => {
  const route = findRoute(endpoints(...routes), path);
  return route && { path: Object.keys(route.endpoint.paths)[0], params: route.params && { ...route.params } };
};

describe('of several routes that a path ends with', () => {
  test.each([
    ['/p/q/r', '/p/{x}/{y}', { x: 'q', y: 'r' }],
    ['/a/b/c', '/{a}/{b}/{c}', { a: 'a', b: 'b', c: 'c' }],
  ])('%s means the one with the most segments: %s', (path, route, params) => {
    expect(found(path, '/q/r', '/b/c', route)).toEqual({ path: route, params });
    expect(found(path, route, '/q/r', '/b/c')).toEqual({ path: route, params });
  });

  test('then the one with the fewest names', () => {
    expect(found('/v2/models/x', '/v2/models/{name}', '/v2/models/x')?.path).toBe('/v2/models/x');
    expect(found('/v2/models/y', '/v2/models/{name}', '/v2/models/x')?.path).toBe('/v2/models/{name}');
  });
});

test('a path is a route as a whole, whatever every object has', () => {
  expect(found('/x', '/y', '/x')).toEqual({ path: '/x', params: undefined });
  expect(found('constructor', '/x')).toBeUndefined();
  expect(found('/m/{name}', '/m/{name}')?.params).toEqual({ name: '{name}' });
});

test('a name stands for one segment that is not empty, percent-decoded; a base path does not matter', () => {
  expect(found('/base/m/a%2Fb%20%C3%A9/infer', '/m/{__proto__}/infer')).toEqual({
    path: '/m/{__proto__}/infer',
    params: { ['__proto__']: 'a/b é' },
  });
  expect(found('/m/%zz/infer', '/m/{name}/infer')?.params).toEqual({ name: '%zz' });
  expect(found('/m//infer', '/m/{name}/infer')).toBeUndefined();
  expect(found('/infer', '/m/{name}/infer')).toBeUndefined();
});

test.each(['bare', '/a//b', '/{a}/{a}', '/{a-b}', '/{a}-x', '/x/', '/{}'])(
  'the path %s is refused',
  (path) => {
    expect(() => checkPaths({ [path]: ['GET'] })).toThrow(`the path ${path}: expected segments`);
  },
);

test('those of a graph, which its function does not check, are good', () => {
  for (const paths of Object.values(GRAPH_ROUTES)) {
    expect(() => checkPaths(paths)).not.toThrow();
  }
});

test('other paths are not', () => {
  expect(() => checkPaths({ '/a.b/v1.0/{name}/x-y': ['GET'] })).not.toThrow();
});
