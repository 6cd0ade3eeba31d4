/** What a header can hold; the API looks closer. */
const TRACEPARENT = /^[0-9a-f-]{55,256}$/;

/** The header that tells the API in which span it is called; what is none goes nowhere. */
export function traceHeaders(traceparent = ''): { readonly traceparent?: string } {
  return TRACEPARENT.test(traceparent) ? { traceparent } : {};
}
