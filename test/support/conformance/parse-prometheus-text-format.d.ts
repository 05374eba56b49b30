declare module 'parse-prometheus-text-format' {
  interface Family {
    readonly name: string;
    readonly metrics: readonly {
      readonly labels?: Record<string, string>;
      readonly value: string;
    }[];
  }
  /** Throws where the text is not valid. */
  export default function parse(text: string): Family[];
}
