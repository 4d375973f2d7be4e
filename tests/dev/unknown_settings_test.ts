import { assertEquals } from "@std/assert";
import { definition as auth } from "../../auth/settings.ts";
import { globalSettings } from "../../global/settings.ts";
import { mediaSettings } from "../../media/settings.ts";
import { definition as meeting } from "../../meeting/settings.ts";
import { namesPassedOnTo, SECRETS_PASSED_ON } from "../../shared/dev/passed_on.ts";
import { SERVICES } from "../../shared/dev/service_names.ts";
import { testProgramVariables } from "../../shared/dev/setup/test_programs.ts";
import { unknownOwnSettings } from "../../shared/dev/tasks/own_settings.ts";
import { upSettings } from "../../shared/dev/up/settings.ts";
import { unknownSettings } from "../../shared/dev/up/unknown_settings.ts";

const warnings = (...names: string[]) => unknownSettings(upSettings(1), names);

const typos: [string, string | undefined][] = [
  ["DT_PROT", "DT_PORT"],
  ["DT_POR", "DT_PORT"],
  ["DT_Port", "DT_PORT"],
  ["DT_DATADIR", "DT_DATA_DIR"],
  ["DT_ADMIN_PASWORD", "DT_ADMIN_PASSWORD"],
  ["DT_PUBLIC_HOSTS", "DT_PUBLIC_HOST"],
  ["DT_LIMIT_LOGIN_BURST", "DT_LIMIT_LOGINS_BURST"],
  ["DT_LOGLEVEL", "DT_LOG_LEVEL"],
  ["DT_COLOUR", undefined],
  ["DT_", undefined],
];
for (const [typo, meant] of typos) {
  Deno.test(`unknown settings › ${typo} is told, ${meant ?? "nothing"} was meant`, () => {
    assertEquals(warnings(typo), [
      `${typo} is no setting of up${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    ]);
  });
}

Deno.test("unknown settings › what up reads or hands on, and what isn't ours, is no matter", () => {
  assertEquals(
    warnings(
      "DT_PORT",
      "DT_ADMIN_PASSWORD_FILE",
      "DT_DATABASE_URL_FILE",
      "DT_RESUME_SECONDS",
      "PATH",
      "ADT_PORT",
    ),
    [],
  );
  assertEquals(warnings("DT_VECTORS", ...Object.keys(testProgramVariables(() => undefined))), []);
});

Deno.test("unknown settings › what up decides for its services can't be set at it", () => {
  assertEquals(warnings("DT_ISSUER", "DT_DRAIN_SECONDS").length, 2);
});

const definitions = { auth, global: globalSettings, meeting, media: mediaSettings };
/** Limits, periods and lifetimes; how long a service drains is up's own business. */
const isTunable = (name: string) =>
  /^DT_(LIMIT|KEY|TOKEN)_|_(MS|SECONDS)$/.test(name) && name !== "DT_DRAIN_SECONDS";

for (const service of SERVICES) {
  Deno.test(`up › hands on to ${service} every limit, period and lifetime it has, and nothing it hasn't`, () => {
    const names = Object.values(definitions[service].fields).map(({ name }) => name);
    const passedOn = namesPassedOnTo(service);
    assertEquals(names.filter((name) => isTunable(name) && !passedOn.includes(name)), []);
    assertEquals(passedOn.filter((name) => !names.includes(name)), []);
  });
}

for (const service of SERVICES) {
  Deno.test(`unknown settings › every setting of ${service} and a secret's file is known, and no other`, () => {
    const names = Object.values(definitions[service].fields).flatMap(({ name, secret }) =>
      secret ? [name, `${name}_FILE`] : [name]
    );
    assertEquals(unknownOwnSettings(service, names), []);
    assertEquals(unknownOwnSettings(service, ["DT_PORT_FILE", "DT_PROT"]).toSorted(), [
      `DT_PORT_FILE is no setting of ${service}`,
      `DT_PROT is no setting of ${service}; did you mean DT_PORT?`,
    ]);
  });
}

Deno.test("up › knows of every setting that it hands on whether the service takes it for a secret", () => {
  const secrets = SERVICES.flatMap((service) => {
    const passedOn = namesPassedOnTo(service);
    return Object.values(definitions[service].fields)
      .filter(({ name, secret }) => secret && passedOn.includes(name))
      .map(({ name }) => name);
  });
  assertEquals([...SECRETS_PASSED_ON].toSorted(), [...new Set(secrets)].toSorted());
});
