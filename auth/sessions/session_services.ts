import type { PasswordServices } from "../passwords/password_services.ts";
import type { TokenServices } from "../tokens/token_services.ts";

/** What it takes to sign a user in, and to keep them signed in. */
export type SessionServices = TokenServices & PasswordServices;
