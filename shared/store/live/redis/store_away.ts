/** Why a request to Redis has no answer: there is no connection, or Redis can't serve at the moment. */
export class StoreAway extends Error {
  override readonly name = "StoreAway";
}
