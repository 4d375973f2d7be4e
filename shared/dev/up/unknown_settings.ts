import type { Definition } from "../../config/settings.ts";
import { namesPassedOn, SECRETS_PASSED_ON } from "../passed_on.ts";
import { unknownNames } from "../unknown_names.ts";

/** One line for each `DT_` variable that has no effect on `up`, with the name that was meant if one is close. */
export function unknownSettings<V extends object>(
  definition: Definition<V>,
  variables: readonly string[],
): string[] {
  return unknownNames("up", variables, knownSettings(definition));
}

/** The names of the variables that have an effect on `up`. */
export function knownSettings<V extends object>(definition: Definition<V>): string[] {
  const files = SECRETS_PASSED_ON.map((name) => `${name}_FILE`);
  return [...namesOf(definition), ...namesPassedOn(), ...files];
}

function namesOf<V extends object>({ fields }: Definition<V>): string[] {
  const names: string[] = [];
  for (const key in fields) {
    const { name, secret } = fields[key];
    names.push(name, ...(secret ? [`${name}_FILE`] : []));
  }
  return names;
}
