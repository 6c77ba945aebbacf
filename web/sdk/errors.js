/**
 * The one error of the session client, with the server's stable codes. Imports nothing.
 */

/** Something that kept a session from starting or going on. */
export class SessionError extends Error {
  /**
   * @param {string} code the server's code (`server_full`, `not_found`, …) or one of the client's:
   *   `network`, `timeout`, `media_failed`, `lost`, `unsupported`
   * @param {string} message
   * @param {{status?: number, retryAfter?: number | null}} [details] HTTP status; seconds after
   *   which trying again makes sense
   */
  constructor(code, message, { status = 0, retryAfter = null } = {}) {
    super(message);
    this.name = "SessionError";
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/**
 * @param {unknown} error
 * @returns {SessionError} the error itself, or what is unexpected as code `internal`
 */
export function asSessionError(error) {
  if (error instanceof SessionError) return error;
  return new SessionError("internal", error instanceof Error ? error.message : String(error));
}
