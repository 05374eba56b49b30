/** A page as one file, its style sheet and its script inside: see package/page.ts. */
declare module '*.html' {
  const html: string;
  export default html;
}
