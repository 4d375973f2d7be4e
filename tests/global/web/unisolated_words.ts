import type { SourceFile } from "../../house/source_file.ts";
import { type Node, parentOf, visit } from "../../house/visit.ts";

/** What people have written themselves: names of people, titles of meetings, texts, reactions. Not a key of an object. */
const WORDS_OF_PEOPLE =
  /\bdisplay_name\b(?!\s*:)|\bnameOf\(|\btile\.name\b|\breaction\b|\blinkParts\(|\binitials\(/;

/** What was found of a person's words in a file. */
export interface ShownWords {
  /** In how many places they are shown. */
  places: number;
  /** Elements that let their direction reach beyond them, or mix them with the page's own words. */
  unisolated: string[];
}

/** Looks at each child of an element that shows a person's words, under whatever name the file gives them. */
export function shownWords(file: SourceFile): ShownWords {
  const textOf = ({ range: [start, end] }: { range: Deno.lint.Range }) => file.text.slice(start, end);
  const aliases = aliasesIn(file, textOf);
  const ofPeople = (leaf: Node) => {
    const text = textOf(leaf);
    return WORDS_OF_PEOPLE.test(text) ||
      [...aliases].some((alias) => new RegExp(`\\b${alias}\\b`).test(text));
  };
  const found: ShownWords = { places: 0, unisolated: [] };
  visit(file, {
    JSXExpressionContainer(node) {
      if (node.parent.type !== "JSXElement" && node.parent.type !== "JSXFragment") return;
      if (!leavesOf(node.expression).some(ofPeople)) return;
      const element = elementAround(node);
      const opening = element ? textOf(element.openingElement) : "";
      // The page's own reactions are pictures with words of their own.
      if (opening.includes('role="img"')) return;
      found.places++;
      const isolates = /^<bdi\b|\bdir="auto"/.test(opening);
      if (!isolates || (element && hasOwnWords(element))) found.unisolated.push(`${opening}${textOf(node)}`);
    },
  });
  return found;
}

/** Other names for a person's words: of variables, parts of objects and a component's state. */
function aliasesIn(file: SourceFile, textOf: (node: { range: Deno.lint.Range }) => string): Set<string> {
  const aliases = new Set<string>();
  visit(file, {
    VariableDeclarator({ id, init }) {
      const isPlain = init && !/^(JSX|Arrow|Function)/.test(init.type) && WORDS_OF_PEOPLE.test(textOf(init));
      if (!isPlain) return;
      const target = id.type === "ArrayPattern" ? id.elements[0] : id;
      if (target?.type === "Identifier") aliases.add(target.name);
    },
    Property({ key, value, parent }) {
      const isName = parent.type === "ObjectPattern" && key.type === "Identifier" &&
        key.name === "display_name";
      if (isName && value.type === "Identifier") aliases.add(value.name);
    },
    CallExpression({ callee, arguments: given }) {
      const state = callee.type === "Identifier" ? /^set([A-Z])(\w*)$/.exec(callee.name) : null;
      if (!state || !given.some((argument) => WORDS_OF_PEOPLE.test(textOf(argument)))) return;
      aliases.add(`${state[1]?.toLowerCase()}${state[2]}`);
    },
  });
  return aliases;
}

/** What an expression may show as text; the elements in it are looked at by themselves. */
function leavesOf(node: Node): Node[] {
  switch (node.type) {
    case "ConditionalExpression":
      return [node.consequent, node.alternate].flatMap(leavesOf);
    case "LogicalExpression":
      return node.operator === "&&" ? leavesOf(node.right) : [node.left, node.right].flatMap(leavesOf);
    case "ChainExpression":
      return leavesOf(node.expression);
    case "CallExpression": {
      const callbacks = node.arguments.filter((argument) => argument.type === "ArrowFunctionExpression");
      return callbacks.length === 0
        ? [node]
        : [node.callee, ...callbacks.flatMap(({ body }) => leavesOf(body))];
    }
    case "ArrowFunctionExpression":
      return leavesOf(node.body);
    case "JSXElement":
    case "JSXFragment":
    case "BlockStatement":
      return [];
    default:
      return [node];
  }
}

function elementAround(node: Node): Deno.lint.JSXElement | undefined {
  const parent = parentOf(node);
  return parent === undefined || parent.type === "JSXElement" ? parent : elementAround(parent);
}

/** Whether words of the page stand beside what an element shows. */
function hasOwnWords({ children }: Deno.lint.JSXElement | Deno.lint.JSXFragment): boolean {
  return children.some((child) =>
    child.type === "JSXText" ? /\p{L}/u.test(child.value) : child.type === "JSXFragment" && hasOwnWords(child)
  );
}
