/**
 * The studio's calls to the server, and the API key that some servers want. Imports errors.
 */

import { SessionError } from "../sdk/errors.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./draft.js").Persona} Persona */
/** @typedef {{id: string, name: string, avatar: string, language: string, own: boolean}} Listed */
/**
 * @typedef {object} Overview
 * @property {Listed[]} personas the default one first
 * @property {{id: string, language: string}[]} voices
 * @property {boolean} locked whether changes need an API key
 */

/** What the server refused, with what is wrong in which field. */
export class Refusal extends SessionError {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} status
   * @param {Record<string, string>} fields
   */
  constructor(code, message, status, fields) {
    super(code, message, { status });
    this.fields = fields;
  }
}

/** One server. */
export class Api {
  /** Shown with every call; empty where none is known. */
  key = "";

  /** @returns {Promise<Overview>} */
  async overview() {
    return /** @type {Overview} */ (await this.#call("GET", "/v1/studio"));
  }

  /** @param {string} id */
  async read(id) {
    return /** @type {Persona} */ (await this.#call("GET", path(id)));
  }

  /**
   * @param {string | null} id null for a new one
   * @param {Draft} draft
   */
  async save(id, draft) {
    const method = id === null ? "POST" : "PUT";
    return /** @type {Persona} */ (await this.#call(method, path(id), draft));
  }

  /** @param {string} id */
  async remove(id) {
    await this.#call("DELETE", path(id));
  }

  /** @returns {Promise<string>} a token that opens sessions; none where no key is known */
  async token() {
    if (this.key === "") return "";
    const answer = /** @type {{token: string}} */ (await this.#call("POST", "/v1/tokens", {}));
    return answer.token;
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {unknown} [body]
   * @returns {Promise<unknown>}
   * @throws {Refusal}
   */
  async #call(method, url, body) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (this.key !== "") headers.authorization = `Bearer ${this.key}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    let response;
    try {
      response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    } catch (error) {
      throw new Refusal("network", String(error), 0, {});
    }
    if (response.status === 204) return null;
    const answer = await response.json().catch(() => null);
    if (response.ok && answer !== null) return answer;
    const { code = "internal", message = "", fields = {} } = answer?.error ?? {};
    throw new Refusal(code, message, response.status, fields);
  }
}

/** @param {string | null} id */
function path(id) {
  return id === null ? "/v1/personas" : `/v1/personas/${encodeURIComponent(id)}`;
}
