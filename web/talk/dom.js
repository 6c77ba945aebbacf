/**
 * Small typed helpers over the document. Text enters it as text only. Imports strings.
 */

import { strings } from "./strings.js";

/**
 * @template {Element} E
 * @param {string} id
 * @param {{new (): E}} type
 * @returns {E} the element of that id
 */
export function find(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`#${id} is not a ${type.name}`);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {{className?: string, text?: string, children?: (Node | string)[]}} [content]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function create(tag, { className = "", text = "", children = [] } = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}

/** Puts the words of the language into the document. */
export function translateDocument() {
  document.documentElement.lang = strings.language;
  const words = strings.document;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = words[element.getAttribute("data-text") ?? ""] ?? "";
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", words[element.getAttribute("data-label") ?? ""] ?? "");
  }
  for (const element of document.querySelectorAll("[data-placeholder]")) {
    const words_ = words[element.getAttribute("data-placeholder") ?? ""] ?? "";
    element.setAttribute("placeholder", words_);
  }
}

/**
 * Listens to one type of the server's events.
 * @template {keyof typeof import("../sdk/protocol.js").SERVER_EVENTS} K
 * @param {import("../sdk/session.js").Session} session
 * @param {K} type
 * @param {(event: import("../sdk/protocol.js").ServerEventOf<K>) => void} handle
 */
export function on(session, type, handle) {
  session.addEventListener(type, (event) => handle(/** @type {CustomEvent} */ (event).detail));
}
