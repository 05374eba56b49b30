/** A page as one file, with its style sheet and its script inside: see src/bundle/page-plugin.ts. */
declare module '*.html' {
  const html: string;
  export default html;
}
