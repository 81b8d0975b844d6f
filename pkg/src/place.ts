/** The name by which programs import this part of the package. The build writes this file anew for each part. */
export const ENTRY: string = "split-events";

/** The folder of the package in which its files are. */
export const FOLDER: string = "dist";

/** What only the whole package takes: names of options, and words as `format csv`. */
export const ELSEWHERE: readonly string[] = [];
