import { assertEquals } from "@std/assert";
import { usedParts } from "../../../shared/dev/image/used_parts.ts";

const module = (path: string, ...dependencies: { specifier: string; code?: unknown }[]) => ({
  specifier: `file:///checkout/${path}`,
  local: `/checkout/${path}`,
  dependencies,
});
const imported = (specifier: string) => ({ specifier, code: {} });

Deno.test("used parts › modules that are imported, the entries that they go by, and linked packages with their file", () => {
  const graphs = [
    { modules: [module("auth/main.ts", imported("zod"), imported("@std/http/route"), { specifier: "ws" })] },
    {
      modules: [
        module("auth/worker.ts", imported("@node-rs/argon2")),
        module("shared/std/http/route.ts"),
        module("node_modules/zod/index.js"),
        { specifier: "node:fs" },
      ],
    },
  ];
  const parts = usedParts("/checkout", graphs, {
    imports: {
      "zod": "npm:zod@^4",
      "@std/http": "jsr:@std/http@^1",
      "@node-rs/argon2": "npm:@node-rs/argon2@^2",
      "@std/htt": "jsr:@std/htt@^1",
      "ws": "npm:ws@^8",
    },
    links: ["./shared/std/http", "./shared/std/jose"],
  });
  assertEquals(parts.files, [
    "auth/main.ts",
    "auth/worker.ts",
    "shared/std/http/deno.json",
    "shared/std/http/route.ts",
  ]);
  assertEquals(Object.keys(parts.imports), ["zod", "@std/http", "@node-rs/argon2"]);
  assertEquals(parts.links, ["./shared/std/http"]);
});
