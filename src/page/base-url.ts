/**
 * Where the endpoints are: what the page's own URL has before its path, such as the stage. Without a slash at
 * its end.
 */
export const BASE_URL = location.origin + basePath(location.pathname);

/**
 * `/dev` of `/dev/docs`, of `/dev/docs/` and of `/dev/api/v1.0/doc/`; nothing where the page is at the root.
 */
function basePath(path: string): string {
  return path.replace(/\/$/, '').replace(/\/(docs|api\/v1\.0\/doc)$/, '');
}
