import { authRoutes } from "../../auth/composition/auth_routes.ts";
import { openStores } from "../../auth/composition/open_stores.ts";
import { startServices } from "../../auth/composition/start_services.ts";
import type { Tables } from "../../auth/store/schema.ts";
import { createScope } from "../../shared/actor/mod.ts";
import { createHandler } from "../../shared/http/mod.ts";
import type { DatabaseLocation, Store } from "../../shared/store/mod.ts";
import { authSettings } from "./start_auth.ts";

export interface SlowHashes extends AsyncDisposable {
  readonly store: Store<Tables>;
  /** What happens from now on while a password is hashed. */
  meanwhile(happens: () => Promise<void>): void;
  ask(
    method: string,
    path: string,
    body: unknown,
    token?: string,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
}

/** AC's routes without a listener, with passwords that are not hashed before something else has happened. */
export async function slowHashes(location: DatabaseLocation): Promise<SlowHashes> {
  const stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const env: Record<string, string> = location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {};
  const settings = await authSettings(folder, env);
  const stores = await openStores(settings, stack, Date.now);
  const scope = stack.use(createScope());
  const services = await startServices(settings, scope, stores, { now: Date.now, workers: false });
  let happens = () => Promise.resolve();
  const { passwords } = services;
  const handle = createHandler({
    routes: authRoutes({
      ...services,
      passwords: {
        ...passwords,
        async hash(password) {
          await happens();
          return await passwords.hash(password);
        },
      },
    }),
  });
  return {
    store: stores.store,
    meanwhile(next) {
      happens = next;
    },
    async ask(method, path, body, token) {
      const headers = {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const request = new Request(`http://localhost${path}`, { method, headers, body: JSON.stringify(body) });
      const answer = await handle(request);
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? {} : JSON.parse(text) };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
