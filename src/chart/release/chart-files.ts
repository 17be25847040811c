/** A chart's files by their paths inside of it, with `/`. Bytes where the text is not known to be UTF-8. */
export type ChartFiles = ReadonlyMap<string, string | Uint8Array>;
