import type { SourceFile } from "./source_file.ts";
import { type Node, parentOf, visit } from "./visit.ts";

/** Flags that give away everything, or everything of a kind that must be named one by one. */
const tooWide = /^(-[A-Z]*A[A-Z]*|--allow-all|--allow-run|--allow-ffi|allow-all)$/;

function flagsIn(text: string): string[] {
  return text.split(/[\s"'`,[\]()]+/).filter((word) => tooWide.test(word));
}

const isTest = (command: string) => /\bdeno (test\b|(run|bench)\b.* tests\/)/.test(command);
/** The tools of a developer start programs that are named at run time: deno itself, apt, a tool chain. */
const isTool = (command: string) => / shared\/dev\/[\w/]+\.ts\b/.test(command);

/**
 * Too wide flags in a script, a recipe or the tasks of `deno.json`. Tests alone may run with everything; a developer's
 * tools may start any program.
 */
export function checkScript({ path, text }: SourceFile): string[] {
  return text.split("\n")
    .flatMap((line) => line.replace(/^\s*(#|\/\/).*/, "").split(/&&|\|\||;/))
    .filter((command) => !isTest(command))
    .flatMap((command) => flagsIn(command).filter((flag) => flag !== "--allow-run" || !isTool(command)))
    .map((flag) => `${path} gives ${flag}`);
}

/** Whether a text is an argument of `deno test` in a list of arguments. */
function isTestArgument(node: Node): boolean {
  const parent = parentOf(node);
  const first = parent?.type === "ArrayExpression" ? parent.elements[0] : undefined;
  return first?.type === "Literal" && first.value === "test";
}

/** Too wide flags among the texts of a program that starts others. */
export function checkProgram(file: SourceFile): string[] {
  const found: string[] = [];
  visit(file, {
    Literal(node) {
      if (typeof node.value === "string" && !isTestArgument(node)) found.push(...flagsIn(node.value));
    },
    TemplateElement: (node) => void found.push(...flagsIn(node.cooked)),
  });
  return found.map((flag) => `${file.path} gives ${flag}`);
}
