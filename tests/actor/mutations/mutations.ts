import { lifeMutations } from "./life_mutations.ts";
import { messageMutations } from "./message_mutations.ts";
import type { Mutation } from "./mutation.ts";
import { viewMutations } from "./view_mutations.ts";

/** Each rule broken at least once. */
export const mutations: readonly Mutation[] = [...messageMutations, ...lifeMutations, ...viewMutations];
