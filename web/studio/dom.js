/** Typed helpers over the document that the talk page has not. Imports its dom and the words. */

import { create } from "../talk/dom.js";
import { words } from "./strings.js";

/** Puts the studio's words into the document. */
export function translate() {
  document.documentElement.lang = words.language;
  /** @param {Element} element @param {string} name */
  const said = (element, name) => words.document[element.getAttribute(name) ?? ""] ?? "";
  for (const element of document.querySelectorAll("[data-say]")) {
    element.textContent = said(element, "data-say");
  }
  for (const element of document.querySelectorAll("[data-say-label]")) {
    element.setAttribute("aria-label", said(element, "data-say-label"));
  }
  for (const element of document.querySelectorAll("[data-say-placeholder]")) {
    element.setAttribute("placeholder", said(element, "data-say-placeholder"));
  }
}

/**
 * Writes where it changes something, so that nothing is announced twice.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {string} className
 * @param {string} text
 * @param {() => void} act
 * @returns {HTMLButtonElement}
 */
export function button(className, text, act) {
  const element = create("button", { className, text });
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

/**
 * @param {[string, string][]} options value and words
 * @returns {HTMLSelectElement}
 */
export function select(options) {
  const element = create("select");
  fillSelect(element, options);
  return element;
}

/**
 * @param {HTMLSelectElement} element keeps its value if that is still to be had
 * @param {[string, string][]} options value and words
 */
export function fillSelect(element, options) {
  const { value } = element;
  element.replaceChildren(
    ...options.map(([key, text]) => {
      const option = create("option", { text });
      option.value = key;
      return option;
    }),
  );
  if (options.some(([key]) => key === value)) element.value = value;
}
