import type { Tables, UserRow } from "../../../auth/store/schema.ts";
import { connectDatabase } from "../../../shared/store/mod.ts";
import { OPERATOR, startAuth } from "../start_auth.ts";

/** What somebody at the door can tell refused logins apart by. */
export interface RefusalReport {
  /** All bodies that there were. */
  readonly bodies: ReadonlySet<string>;
  readonly statuses: ReadonlySet<number>;
  /** Of each two kinds of refusal: how often the first takes longer than the second, 0.5 when nobody can tell. */
  readonly longer: readonly { readonly kinds: string; readonly share: number; readonly z: number }[];
}

const KINDS = ["unknown account", "wrong password", "disabled account"] as const;

/** Logs in `count` times for each kind of refusal, over as many accounts, in turns. */
export async function compareRefusals(count: number): Promise<RefusalReport> {
  await using auth = await startAuth({}, { workers: true });
  await addAccounts(auth.database, count);
  const samples = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  const bodies = new Set<string>();
  const statuses = new Set<number>();
  for (let index = 0; index < count; index++) {
    const attempts: [typeof KINDS[number], string, string][] = [
      ["unknown account", `nobody-${index}@example.org`, OPERATOR.password],
      ["wrong password", `enabled-${index}@example.org`, "not the password"],
      ["disabled account", `disabled-${index}@example.org`, OPERATOR.password],
    ];
    // Which comes first changes, so that what happens to the machine meanwhile happens to all.
    for (let turn = 0; turn < attempts.length; turn++) {
      const attempt = attempts[(index + turn) % attempts.length];
      if (attempt === undefined) continue;
      const [kind, email, password] = attempt;
      const startedAt = performance.now();
      const answer = await auth.post("/api/v1/auth/user/token", { email, password });
      bodies.add(await answer.text());
      samples.get(kind)?.push(performance.now() - startedAt);
      statuses.add(answer.status);
    }
  }
  const pairs = [[0, 1], [0, 2], [1, 2]] as const;
  return {
    bodies,
    statuses,
    longer: pairs.map(([a, b]) => ({
      kinds: `${KINDS[a]} against ${KINDS[b]}`,
      ...rankTest(samples.get(KINDS[a]) ?? [], samples.get(KINDS[b]) ?? []),
    })),
  };
}

/** Accounts with the operator's password, half of them disabled, without hashing it for each. */
async function addAccounts(path: string, count: number): Promise<void> {
  await using store = await connectDatabase<Tables>({ kind: "sqlite", path }, 1);
  const operator = await store.queries.selectFrom("users").selectAll().executeTakeFirstOrThrow();
  const account = (email: string, disabled: 0 | 1): UserRow => ({
    ...operator,
    user_id: crypto.randomUUID(),
    email,
    roles: '["member"]',
    disabled,
  });
  for (let index = 0; index < count; index++) {
    const rows = [account(`enabled-${index}@example.org`, 0), account(`disabled-${index}@example.org`, 1)];
    await store.queries.insertInto("users").values(rows).execute();
  }
}

/** Mann and Whitney's test: the share of pairs in which the first is greater, and how far that is from chance. */
function rankTest(a: readonly number[], b: readonly number[]): { share: number; z: number } {
  let greater = 0;
  for (const x of a) for (const y of b) greater += x > y ? 1 : x === y ? 0.5 : 0;
  const pairs = a.length * b.length;
  const deviation = Math.sqrt((pairs * (a.length + b.length + 1)) / 12);
  return { share: greater / pairs, z: (greater - pairs / 2) / deviation };
}
