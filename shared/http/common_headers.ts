/** Sets what every answer has, those besides the handler's included. */
export function setCommonHeaders(headers: Headers, requestId: string): void {
  headers.set("x-request-id", requestId);
  headers.set("x-content-type-options", "nosniff");
}
