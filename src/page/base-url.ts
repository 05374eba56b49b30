/**
 * The URL that the paths of the endpoints follow: the page's own URL without its path, but with the stage.
 * It does not end with a slash.
 */
export const BASE_URL = location.origin + basePath(location.pathname);

/**
 * `/dev` for `/dev/docs`, `/dev/docs/`, `/dev/api/v1.0/doc/` and
 * `/dev/seldon/{namespace}/{deployment}/api/v1.0/doc/`; empty where the page is at the root.
 */
function basePath(path: string): string {
  return path.replace(/\/$/, '').replace(/\/(docs|(seldon\/[^/]+\/[^/]+\/)?api\/v1\.0\/doc)$/, '');
}
