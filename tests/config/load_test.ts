import { assertEquals } from "@std/assert";
import {
  choice,
  flag,
  help,
  integer,
  list,
  load,
  milliseconds,
  optional,
  path,
  Secret,
  secret,
  settings,
  text,
  url,
} from "../../shared/config/mod.ts";

const definition = settings({ service: "auth", summary: "who are you" }, {
  port: integer("DT_PORT", { default: 8081, min: 1, max: 65535, help: "port to listen on" }),
  name: text("DT_NAME", { help: "a name", pattern: /^[a-z]+$/, shape: "lower-case letters" }),
  issuer: url("DT_ISSUER", { default: "http://localhost:8080", help: "who signs" }),
  proxies: list("DT_PROXIES", {
    default: [],
    help: "trusted proxies",
    parse: (item) => /^[\d.]+$/.test(item) ? item : undefined,
    item: "addresses",
  }),
  tls: flag("DT_TLS", { default: false, help: "use TLS" }),
  level: choice("DT_LEVEL", ["info", "debug"], { default: "info", help: "level" }),
  wait: milliseconds("DT_WAIT_MS", { default: 100, help: "a time" }),
  home: path("DT_HOME", { default: ".data", help: "a folder" }),
  key: optional(secret("DT_KEY", { help: "a key", minLength: 4 })),
});

function from(env: Record<string, string>, files: Record<string, string> = {}) {
  return load(definition, {
    env: (name) => ({ DT_NAME: "ac", ...env })[name],
    readFile: (path) => {
      const content = files[path];
      if (content === undefined) throw new Deno.errors.NotFound("No such file or directory (os error 2)");
      return content;
    },
  });
}

Deno.test("settings › an absent setting takes its default", () => {
  assertEquals(from({}), {
    ok: true,
    value: {
      port: 8081,
      name: "ac",
      issuer: "http://localhost:8080",
      proxies: [],
      tls: false,
      level: "info",
      wait: 100,
      home: ".data",
      key: undefined,
    },
  });
});

Deno.test("settings › a variable that is no text is named, and what it has is not", () => {
  for (const unreadable of ["DT_HOME", "DT_KEY", "DT_KEY_FILE"]) {
    const loaded = load(definition, {
      env(name) {
        if (name === unreadable) {
          throw new Error('environment variable was not valid unicode: "hunter2\\xFF"');
        }
        return name === "DT_NAME" ? "ac" : undefined;
      },
      readFile: () => "",
    });
    assertEquals(loaded, { ok: false, message: `${unreadable} is set, but not to a text in UTF-8` });
  }
});

Deno.test("settings › each kind reads its text", () => {
  const loaded = from({
    DT_PORT: "1",
    DT_ISSUER: "https://meet.example.org/",
    DT_PROXIES: "10.0.0.1, 10.0.0.2,",
    DT_TLS: "true",
    DT_LEVEL: "debug",
    DT_WAIT_MS: "0",
    DT_HOME: "/data/auth/",
  });
  assertEquals(loaded.ok && { ...loaded.value, key: undefined }, {
    port: 1,
    name: "ac",
    issuer: "https://meet.example.org",
    proxies: ["10.0.0.1", "10.0.0.2"],
    tls: true,
    level: "debug",
    wait: 0,
    home: "/data/auth",
    key: undefined,
  });
});

const refused: [env: Record<string, string>, message: string][] = [
  [{ DT_PORT: "http" }, 'DT_PORT is "http"; it must be a whole number from 1 to 65535'],
  [{ DT_PORT: "0" }, 'DT_PORT is "0"; it must be a whole number from 1 to 65535'],
  [{ DT_PORT: "65536" }, 'DT_PORT is "65536"; it must be a whole number from 1 to 65535'],
  [{ DT_PORT: "80 " }, 'DT_PORT is "80 "; it must be a whole number from 1 to 65535'],
  [{ DT_PORT: "1e3" }, 'DT_PORT is "1e3"; it must be a whole number from 1 to 65535'],
  [{ DT_NAME: "" }, "DT_NAME is not set; it must be lower-case letters"],
  [{ DT_NAME: "A\nB" }, 'DT_NAME is "A B"; it must be lower-case letters'],
  [
    { DT_ISSUER: "ftp://x" },
    'DT_ISSUER is "ftp://x"; it must be an absolute URL that starts with http:// or https://',
  ],
  [
    { DT_ISSUER: "http://" },
    'DT_ISSUER is "http://"; it must be an absolute URL that starts with http:// or https://',
  ],
  [{ DT_PROXIES: "ten" }, 'DT_PROXIES is "ten"; it must be a list of addresses, separated by commas'],
  [{ DT_TLS: "yes" }, 'DT_TLS is "yes"; it must be 1 or 0'],
  [{ DT_LEVEL: "trace" }, 'DT_LEVEL is "trace"; it must be one of info, debug'],
  [{ DT_WAIT_MS: "-1" }, 'DT_WAIT_MS is "-1"; it must be whole milliseconds from 0 up'],
  [{ DT_KEY: "abc" }, "DT_KEY is set, but not usable; it must be a text of at least 4 characters"],
];
for (const [env, message] of refused) {
  Deno.test(`settings › refused in one line: ${message}`, () => {
    assertEquals(from(env), { ok: false, message });
  });
}

Deno.test("settings › a secret comes from its variable or its file, never from both", () => {
  const direct = from({ DT_KEY: "hunter2" });
  const file = from({ DT_KEY_FILE: "/run/key" }, { "/run/key": "hunter3\n" });
  const both = from({ DT_KEY: "hunter2", DT_KEY_FILE: "/run/key" }, { "/run/key": "hunter3\n" });
  assertEquals(direct.ok && direct.value.key?.reveal(), "hunter2");
  assertEquals(file.ok && file.value.key?.reveal(), "hunter3");
  assertEquals(both, { ok: false, message: "DT_KEY and DT_KEY_FILE are both set; only one of them may be" });
});

Deno.test("settings › a secret's file that can't be read is named", () => {
  assertEquals(from({ DT_KEY_FILE: "/run/none" }), {
    ok: false,
    message: `DT_KEY_FILE is "/run/none", which can't be read: No such file or directory (os error 2)`,
  });
});

Deno.test("settings › a required secret that is missing names both ways to give it", () => {
  const strict = settings({ service: "s", summary: "" }, { key: secret("DT_KEY", { help: "a key" }) });
  assertEquals(load(strict, { env: () => undefined, readFile: () => "" }), {
    ok: false,
    message: "DT_KEY or DT_KEY_FILE is not set; it must be a text that is not empty",
  });
});

Deno.test("settings › a secret does not show itself when it is printed", () => {
  const value = new Secret("hunter2");
  assertEquals(
    `${value} ${JSON.stringify({ value })} ${Deno.inspect(value)} ${Deno.inspect({ value })}`.includes(
      "hunter2",
    ),
    false,
  );
});

Deno.test("settings › the help names every variable, what it may be and its default", () => {
  const lines = help(definition).split("\n");
  const line = (name: string) =>
    lines.find((candidate) => candidate.startsWith(name))?.replaceAll(/ {2,}/g, " | ");
  assertEquals(line("DT_PORT"), "DT_PORT | a whole number from 1 to 65535 | 8081 | port to listen on");
  assertEquals(line("DT_NAME"), "DT_NAME | lower-case letters | (required) | a name");
  assertEquals(line("DT_KEY[_FILE]"), "DT_KEY[_FILE] | a text of at least 4 characters | (none) | a key");
});
