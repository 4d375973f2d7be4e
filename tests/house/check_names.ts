import type { SourceFile } from "./source_file.ts";

const mostLines = 400;
/** Words in lower case with underscores between them; one before the first marks what a package keeps to itself. */
const snakeCase = /^_?[a-z0-9]+(_[a-z0-9]+)*(\.d)?\.tsx?$/;

/** What is wrong with a file's name. */
export function checkName({ path }: SourceFile): string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return snakeCase.test(name) ? [] : [`${path} is not named in snake_case`];
}

/** What is wrong with a file's length: one that is too long holds two things. */
export function checkLength({ path, text }: SourceFile): string[] {
  const lines = text.replace(/\n$/, "").split("\n").length;
  return lines <= mostLines ? [] : [`${path} has ${lines} lines, more than ${mostLines}`];
}
