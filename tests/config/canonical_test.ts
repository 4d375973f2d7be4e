import { assertEquals } from "@std/assert";
import { definition as authSettings } from "../../auth/settings.ts";
import { globalSettings } from "../../global/settings.ts";
import { mediaSettings } from "../../media/settings.ts";
import { definition as meetingSettings } from "../../meeting/settings.ts";
import { type Definition, type Field, load } from "../../shared/config/mod.ts";
import { upSettings } from "../../shared/dev/up/settings.ts";

const required: Record<string, string> = {
  DT_MASTER_KEY: "k",
  DT_CLIENT_SECRET: "s",
  MEDIASOUP_WORKER_BIN: "/worker",
};

/** What each program that has this setting makes of a text; its message where it refuses. */
function readings(name: string, text: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const read = <V extends object>(definition: Definition<V>) => {
    for (const key in definition.fields) {
      if (definition.fields[key].name !== name) continue;
      const env = (asked: string) => asked === name ? text : required[asked];
      const loaded = load(definition, { env, readFile: () => "" });
      found[definition.program.service] = loaded.ok ? loaded.value[key] : loaded.message;
    }
  };
  read(authSettings);
  read(globalSettings);
  read(meetingSettings);
  read(mediaSettings);
  read(upSettings(2));
  return found;
}

function assertReadAs(name: string, text: string, value: unknown): void {
  const found = Object.entries(readings(name, text));
  assertEquals(found.length > 0, true, `nobody has ${name}`);
  for (const [service, read] of found) assertEquals(read, value, service);
}

function assertRefused(name: string, text: string): void {
  const start = `${name} is "${text}"; it must be `;
  for (const [service, read] of Object.entries(readings(name, text))) {
    assertEquals(String(read).slice(0, start.length), start, service);
    assertEquals(String(read).includes("\n"), false);
  }
}

const canonical: readonly (readonly [name: string, text: string, value: unknown])[] = [
  ["DT_PUBLIC_URL", "HTTPS://Meet.Example.org", "https://meet.example.org"],
  ["DT_PUBLIC_URL", "HTTP://LocalHost:9500/", "http://localhost:9500"],
  ["DT_PUBLIC_URL", "https://meet.example.org:443", "https://meet.example.org"],
  ["DT_PUBLIC_URL", "https://müller.example", "https://xn--mller-kva.example"],
  ["DT_ISSUER", "HTTPS://Meet.Example.org:443/", "https://meet.example.org"],
  ["DT_AUTH_URL", "HTTP://Auth.Internal:8081/", "http://auth.internal:8081"],
  ["DT_GLOBAL_URL", "http://LOCALHOST:80", "http://localhost"],
  ["DT_CONTROL_URL", "http://[2001:DB8:0::1]:8083", "http://[2001:db8::1]:8083"],
  ["DT_ALLOWED_ORIGINS", "HTTPS://App.Example.org/, https://b.example:443", [
    "https://app.example.org",
    "https://b.example",
  ]],
  ["DT_TRUSTED_PROXIES", "10.0.0.0/8, ::1", ["10.0.0.0/8", "::1"]],
  ["DT_HOST", "[::1]", "::1"],
  ["DT_HOST", "LocalHost", "localhost"],
  ["DT_PIPE_HOST", "2001:DB8:0:0::1", "2001:db8::1"],
  ["DT_PUBLIC_HOST", "Meet.Example.ORG", "meet.example.org"],
  ["DT_PUBLIC_HOST", "2001:DB8:0:0::1", "2001:db8::1"],
  ["DT_PUBLIC_SIGNALING_URL", "wss://x.example/{controller}/{shard}", "wss://x.example/{controller}/{shard}"],
  ["DT_DATA_DIR", "/srv/a b/", "/srv/a b"],
];
for (const [name, text, value] of canonical) {
  Deno.test(`settings › ${name}=${text} is read as ${value}`, () => assertReadAs(name, text, value));
}

const refused: readonly (readonly [name: string, text: string])[] = [
  ["DT_PUBLIC_URL", "https://example.org/meet"],
  ["DT_PUBLIC_URL", "meet.example.org"],
  ["DT_PUBLIC_URL", "https:meet.example.org"],
  ["DT_PUBLIC_URL", "https://user@example.org"],
  ["DT_PUBLIC_URL", "https://example.org:99999"],
  ["DT_PUBLIC_URL", "https://example.org:0"],
  ["DT_ISSUER", "https://example.org/?x"],
  ["DT_AUTH_URL", "ftp://auth.internal"],
  ["DT_ALLOWED_ORIGINS", "https://a.example/path"],
  ["DT_ALLOWED_ORIGINS", "*"],
  ["DT_TRUSTED_PROXIES", "10.0.0.0/33"],
  ["DT_TRUSTED_PROXIES", "10.0.0.0/"],
  ["DT_TRUSTED_PROXIES", "10.0.0.256"],
  ["DT_TRUSTED_PROXIES", "::1/129"],
  ["DT_TRUSTED_PROXIES", "proxy.internal"],
  ["DT_HOST", "http://127.0.0.1"],
  ["DT_HOST", "127.0.0.1:8080"],
  ["DT_HOST", "127.0.0"],
  ["DT_HOST", "a host"],
  ["DT_PUBLIC_HOST", "meet.example.org/x"],
  ["DT_PUBLIC_HOST", "meet.example.org:8080"],
  ["DT_PUBLIC_SIGNALING_URL", "https://x.example/{shard}"],
  ["DT_PUBLIC_SIGNALING_URL", "wss://{host}/"],
  ["DT_CONTROLLER_ID", "mc 1"],
  ["DT_PIPE_PORTS", "46000-45000"],
  ["DT_PIPE_HOST", "999.1"],
  ["DT_PIPE_HOST", "dead"],
  ["DT_PIPE_HOST", ".."],
  ["DT_PIPE_HOST", "fe80::1%eth0"],
  ["DT_PORT", "65536"],
  ["DT_DATA_DIR", "/srv/a,b"],
];
for (const [name, text] of refused) {
  Deno.test(`settings › ${name}=${text} is refused in one line`, () => assertRefused(name, text));
}

const anywhere = ["", " ", "\n", "\u0000", "a\nb", "x".repeat(10_000)];
const notUrls = [
  "//x.example",
  "https:x.example",
  "https://x example",
  "https://u:p@x.example",
  "https://x.example:0",
];
const notNetworks = [
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "::1/129",
  "10.0.0.0/8/8",
  "10.0.0",
  "10.0.0.0/",
  "fe80::1%eth0/64",
];

/** Every setting of every program. */
function everyField(): { readonly service: string; readonly field: Field<unknown> }[] {
  const all: { readonly service: string; readonly field: Field<unknown> }[] = [];
  const gather = <V extends object>({ fields, program: { service } }: Definition<V>) => {
    for (const key in fields) all.push({ service, field: fields[key] });
  };
  gather(authSettings);
  gather(globalSettings);
  gather(mediaSettings);
  gather(meetingSettings);
  gather(upSettings(2));
  return all;
}

Deno.test("settings › whatever a text is, it is read into one form that is read as itself, or refused in one line", () => {
  let read = 0;
  for (const { service, field } of everyField()) {
    for (
      const text of [
        ...anywhere,
        ...notUrls,
        ...notNetworks,
        ...canonical.map(([, written]) => written),
      ]
    ) {
      const parsed = field.parse(text);
      const where = `${service}: ${field.name}=${JSON.stringify(text.slice(0, 40))}`;
      if (!parsed.ok) {
        assertEquals(
          [parsed.message.includes("\n"), parsed.message.includes(field.name)],
          [false, true],
          where,
        );
      } else if (typeof parsed.value === "string" || Array.isArray(parsed.value)) {
        const again = field.parse(String(parsed.value));
        assertEquals(again.ok ? again.value : again.message, parsed.value, where);
        read++;
      }
    }
  }
  assertEquals(read > 100, true);
});

Deno.test("settings › every setting that is a URL or a list of networks refuses what is none", () => {
  const isUrl = ({ shape }: Field<unknown>) => /https?:\/\/|wss?:\/\//.test(shape);
  const isNetwork = ({ shape }: Field<unknown>) => shape.includes("networks");
  const refuses = (isIt: (field: Field<unknown>) => boolean, texts: readonly string[]) => {
    const found = everyField().filter(({ field }) => isIt(field));
    for (const { service, field } of found) {
      for (const text of texts) {
        assertEquals(field.parse(text).ok, false, `${service}: ${field.name}=${text}`);
      }
    }
    return new Set(found.map(({ field }) => field.name));
  };
  assertEquals([...refuses(isUrl, notUrls)].toSorted(), [
    "DT_ALLOWED_ORIGINS",
    "DT_AUTH_URL",
    "DT_CONTROL_URL",
    "DT_GLOBAL_URL",
    "DT_ISSUER",
    "DT_PUBLIC_SIGNALING_URL",
    "DT_PUBLIC_URL",
  ]);
  assertEquals([...refuses(isNetwork, notNetworks)], ["DT_TRUSTED_PROXIES"]);
});
