/**
 * What a server with API keys wants to see: the token in the link to the page. Imports nothing.
 */

/** @returns {string | null} the token after the page's address, `#token=…` */
export function pageToken() {
  return new URLSearchParams(location.hash.slice(1)).get("token");
}
