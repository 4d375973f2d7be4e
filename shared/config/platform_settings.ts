import type { Field, FieldOptions } from "./field.ts";
import { secret } from "./secret.ts";
import type { Secret } from "./secret_value.ts";
import { text } from "./text.ts";
import { url } from "./url.ts";

/** The settings by which a service connects to the platform. */
export interface PlatformSettings {
  /** The Auth Controller's URL. */
  readonly authUrl: string;
  /** The issuer of the tokens that are accepted. */
  readonly issuer: string;
  /** This service's client at the Auth Controller. */
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** The settings of a service that registers at the Global Controller. */
export interface RegisteredSettings extends PlatformSettings {
  readonly globalUrl: string;
  readonly region: string;
  readonly zone: string;
}

type FieldsOf<V> = { readonly [K in keyof V]: Field<V[K]> };

/** The fields of `PlatformSettings`, which a service spreads into its own settings. */
export function platformSettings(defaults: { readonly clientId: string }): FieldsOf<PlatformSettings> {
  return {
    authUrl: url("DT_AUTH_URL", { default: "http://127.0.0.1:8081", help: "the Auth Controller" }),
    issuer: url("DT_ISSUER", {
      default: "http://localhost:8080",
      help: "the issuer of the tokens that are accepted",
    }),
    clientId: text("DT_CLIENT_ID", {
      default: defaults.clientId,
      pattern: /^[\w.:~-]{1,64}$/,
      shape: "a client id of 1 to 64 letters, digits, dots, dashes, underscores, colons and tildes",
      help: "this service's client at the Auth Controller",
    }),
    clientSecret: secret("DT_CLIENT_SECRET", { help: "the client's secret" }),
  };
}

/** The fields of `RegisteredSettings`, which a service spreads into its own settings. */
export function registeredSettings(defaults: { readonly clientId: string }): FieldsOf<RegisteredSettings> {
  return {
    ...platformSettings(defaults),
    globalUrl: url("DT_GLOBAL_URL", { default: "http://127.0.0.1:8080", help: "the Global Controller" }),
    region: regionSetting({ default: "local" }),
    zone: zoneSetting({ default: "local" }),
  };
}

/** The region of the machine that a service runs on. */
export function regionSetting(options: { readonly default?: string } = {}): Field<string> {
  return label("DT_REGION", {
    ...options,
    help: "where this machine is: what is near gets meetings first",
  });
}

/** The part of that region. */
export function zoneSetting(options: { readonly default?: string } = {}): Field<string> {
  return label("DT_ZONE", { ...options, help: "which part of the region" });
}

/** The registry takes any text of at most 64 characters. */
function label(name: string, options: FieldOptions<string>): Field<string> {
  return text(name, { ...options, pattern: /^\P{Cc}{1,64}$/u, shape: "a name of 1 to 64 characters" });
}
