import { assertEquals, assertRejects } from "@std/assert";
import { generateKeyPairSync, sign } from "node:crypto";
import { runVectors } from "./vectors.ts";

/** A folder of JSON files in Wycheproof's layout; without one the examples of the RFCs are what there is. */
const folder = Deno.env.get("DT_VECTORS");

for (const name of folder === undefined ? [] : vectorFiles(folder)) {
  Deno.test(`test vectors › ${name}`, async (step) => {
    const { groups } = await runVectors(await Deno.readTextFile(`${folder}/${name}`));
    for (const [index, wrong] of groups) await step.step(`group ${index}`, () => assertEquals(wrong, []));
  });
}

/** A folder that was named and holds nothing is a mistake, and no reason to be silent. */
function vectorFiles(path: string): string[] {
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).filter((name) => name.endsWith(".json"));
  if (names.length === 0) throw new Error(`DT_VECTORS names ${path}, in which there is no JSON file`);
  return names.toSorted();
}

const encoder = new TextEncoder();
const base64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: "base64url", omitPadding: true });

/** A file for JWS with the example of RFC 8037 A.4 and what can be made of it, good and bad. */
function jwsFile() {
  const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  const good = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc." +
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
  const [header = "", payload = "", signature = ""] = good.split(".");
  const stranger = generateKeyPairSync("ed25519").privateKey;
  const input = `${header}.${payload}`;
  const cases: readonly (readonly [comment: string, jws: string, result: "valid" | "invalid"])[] = [
    ["RFC 8037 A.4", good, "valid"],
    ["another payload", `${header}.${base64url(encoder.encode("Another"))}.${signature}`, "invalid"],
    ["another signer", `${input}.${base64url(sign(null, encoder.encode(input), stranger))}`, "invalid"],
    ["no signature", `${input}.`, "invalid"],
    ["a signature cut short", good.slice(0, -2), "invalid"],
    ["alg none", `${base64url(encoder.encode('{"alg":"none"}'))}.${payload}.`, "invalid"],
    ["alg HS256", `${base64url(encoder.encode('{"alg":"HS256"}'))}.${payload}.${signature}`, "invalid"],
    ["two parts", input, "invalid"],
  ];
  return {
    algorithm: "JWS",
    testGroups: [
      { type: "JsonWebEncryption", tests: [] },
      {
        type: "JsonWebSignature",
        public: { kty: "OKP", crv: "Ed25519", x },
        tests: cases.map(([comment, jws, result], index) => ({ tcId: index + 1, comment, jws, result })),
      },
    ],
  };
}

Deno.test("test vectors in Wycheproof's layout › for JWS come out as they say, and what says otherwise is reported", async () => {
  const file = jwsFile();
  const { groups } = await runVectors(JSON.stringify(file));
  assertEquals([...groups], [[1, []]]);
  const turned = { valid: "invalid", invalid: "valid" } as const;
  const lying = structuredClone(file);
  for (const test of lying.testGroups[1]?.tests ?? []) test.result = turned[test.result];
  const [reported = []] = (await runVectors(JSON.stringify(lying))).groups.values();
  assertEquals(reported.length, file.testGroups[1]?.tests.length);
});

Deno.test("test vectors in Wycheproof's layout › a file that nothing of ours does is an error, not a success", async () => {
  await assertRejects(() => runVectors('{"algorithm":"RSA","testGroups":[{}]}'), Error, "nothing of ours");
  const [encryption] = jwsFile().testGroups;
  await assertRejects(
    () => runVectors(JSON.stringify({ algorithm: "JWS", testGroups: [encryption] })),
    Error,
    "No group",
  );
});
