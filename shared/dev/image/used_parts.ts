/** What `deno info --json` says of an entry point and all that it imports. */
export interface ModuleGraph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly local?: string;
    readonly dependencies?: readonly { readonly specifier: string; readonly code?: unknown }[];
  }[];
}

/** The part of `deno.json` that decides what is installed. */
export interface Workspace {
  readonly imports: Readonly<Record<string, string>>;
  readonly links: readonly string[];
}

/** What some entry points use of the checkout: files by their paths in it, and entries of `deno.json`. */
export interface UsedParts extends Workspace {
  readonly files: readonly string[];
}

/** What the graphs reach, types left out. A linked package that is used brings its `deno.json` along. */
export function usedParts(root: string, graphs: readonly ModuleGraph[], workspace: Workspace): UsedParts {
  const modules = graphs.flatMap((graph) => graph.modules);
  const files = new Set(
    modules.map(({ local }) => local).filter((local) => local !== undefined && isBelow(root, local))
      .map((local) => `${local}`.slice(root.length + 1)),
  );
  const specifiers = new Set(
    modules.flatMap(({ dependencies = [] }) =>
      dependencies.filter(({ code }) => code !== undefined).map(({ specifier }) => specifier)
    ),
  );
  const isUsed = (name: string) =>
    specifiers.values().some((one) => one === name || one.startsWith(`${name}/`));
  const links = workspace.links.filter((link) => {
    const folder = link.replace(/^\.\//, "");
    return files.values().some((file) => file.startsWith(`${folder}/`));
  });
  for (const link of links) files.add(`${link.replace(/^\.\//, "")}/deno.json`);
  return {
    files: [...files].sort(),
    imports: Object.fromEntries(Object.entries(workspace.imports).filter(([name]) => isUsed(name))),
    links,
  };
}

function isBelow(root: string, file: string): boolean {
  return file.startsWith(`${root}/`) && !file.startsWith(`${root}/node_modules/`);
}
