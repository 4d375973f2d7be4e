import { defineField } from "./define_field.ts";
import type { Field } from "./field.ts";
import { Secret } from "./secret_value.ts";

interface SecretOptions {
  readonly help: string;
  /** The fewest characters; 1 unless given. */
  readonly minLength?: number;
}

/** A setting that no message, log line or `--help` shows. It may come as `NAME`, or as a file named by `NAME_FILE`. */
export function secret(name: string, options: SecretOptions): Field<Secret> {
  const least = options.minLength ?? 1;
  const shape = least > 1 ? `a text of at least ${least} characters` : "a text that is not empty";
  const field = defineField<Secret>(name, shape, options, (text) => {
    const value = text.trim();
    return value.length >= least ? new Secret(value) : undefined;
  });
  return {
    ...field,
    secret: true,
    parse: (text) => {
      const parsed = field.parse(text);
      return parsed.ok
        ? parsed
        : { ok: false, message: `${name} is set, but not usable; it must be ${shape}` };
    },
  };
}
