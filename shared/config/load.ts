import type { Field } from "./field.ts";
import type { Parsed } from "./parsed.ts";
import type { Definition } from "./settings.ts";
import { variableText } from "./variable_text.ts";

/** The sources of settings: variables by name, and the files that `NAME_FILE` variables name. */
export interface Source {
  readonly env: (name: string) => string | undefined;
  readonly readFile: (path: string) => string;
}

/**
 * Reads all settings of a definition, up to the first one that does not fit. The message is one line with the variable,
 * its value (not of a secret) and the description of its values.
 */
export function load<V extends object>(definition: Definition<V>, source: Source): Parsed<V> {
  const values: Partial<V> = {};
  for (const key in definition.fields) {
    const value = loadField(definition.fields[key], source);
    if (!value.ok) return value;
    values[key] = value.value;
  }
  return { ok: true, value: complete(definition, values) };
}

function loadField<T>(field: Field<T>, source: Source): Parsed<T> {
  const found = find(field, source);
  if (!found.ok) return found;
  if (found.value !== undefined) return field.parse(found.value);
  if (field.required) {
    const names = field.secret ? `${field.name} or ${field.name}_FILE` : field.name;
    return { ok: false, message: `${names} is not set; it must be ${field.shape}` };
  }
  return absent(field);
}

function find<T>(field: Field<T>, source: Source): Parsed<string | undefined> {
  const given = variableText(field.name, source.env);
  const named = field.secret ? variableText(`${field.name}_FILE`, source.env) : undefined;
  if (!given.ok) return given;
  if (named?.ok === false) return named;
  const [direct, file] = [given.value, named?.value];
  if (file === undefined || file === "") return { ok: true, value: direct === "" ? undefined : direct };
  if (direct !== undefined && direct !== "") {
    return {
      ok: false,
      message: `${field.name} and ${field.name}_FILE are both set; only one of them may be`,
    };
  }
  try {
    return { ok: true, value: source.readFile(file) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : "unknown reason";
    return { ok: false, message: `${field.name}_FILE is "${file}", which can't be read: ${reason}` };
  }
}

/** The value of an absent field that is not required: its `default`, or `undefined` if it is `optional`. */
function absent<T>(field: Field<T>): Parsed<T> {
  return { ok: true, value: field.fallback as T };
}

/** The loop above has filled in every key of the definition. */
function complete<V extends object>(_definition: Definition<V>, values: Partial<V>): V {
  return values as V;
}
