import type { Tables } from "../../auth/store/schema.ts";
import { connectDatabase } from "../../shared/store/mod.ts";
import type { DatabaseLocation } from "../../shared/store/mod.ts";
import { addOrganization } from "./add_organization.ts";
import { startAuth } from "./start_auth.ts";
import type { RunningAuth } from "./start_auth.ts";

export const PASSWORD = "a long enough password";

/** What an answer's JSON is before anybody has looked at it. */
export type Json = Awaited<ReturnType<Response["json"]>>;

export interface Tenants extends AsyncDisposable {
  readonly auth: RunningAuth;
  /** Tokens of two organisations' admins, of a member of the first, and of the operator. */
  readonly one: { readonly token: string; readonly user_id: string };
  readonly two: { readonly token: string; readonly user_id: string };
  readonly member: { readonly token: string; readonly user_id: string; readonly cookie: string };
  readonly operator: string;
  call(method: string, path: string, token: string, body?: unknown): Promise<{ status: number; body: Json }>;
}

/** Two organisations on one AC, over the kind of database that is given. */
export async function tenants(location: DatabaseLocation): Promise<Tenants> {
  const auth = await startAuth(location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {});
  const own: DatabaseLocation = location.kind === "postgres"
    ? location
    : { kind: "sqlite", path: auth.database };
  await using store = await connectDatabase<Tables>(own, 1);
  await addOrganization(store, "closed");
  const call: Tenants["call"] = async (method, path, token, body) => {
    const answer = await fetch(`${auth.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const operator = await auth.operatorToken();
  const member = await auth.register("member@example.org");
  const admin = async (email: string, organization: string) => {
    const made = await call("POST", "/api/v1/admin/users", operator, {
      email,
      password: PASSWORD,
      display_name: "Admin",
      roles: ["member", "admin"],
      organization,
    });
    const login = await auth.post("/api/v1/auth/user/token", { email, password: PASSWORD, organization });
    return { token: (await login.json()).access_token, user_id: made.body.user_id };
  };
  return {
    auth,
    operator,
    call,
    one: await admin("one@example.org", "default"),
    two: await admin("two@example.org", "closed"),
    member: { token: member.access_token, user_id: member.user_id, cookie: member.cookie },
    [Symbol.asyncDispose]: () => auth[Symbol.asyncDispose](),
  };
}
