/**
 * The words of the page in its language, and how they get into the document. Imports strings.
 */

import { wordsFor } from "./strings.js";

const asked = new URLSearchParams(location.search).get("lang");

export const words = wordsFor(asked ?? navigator.language);

/** Puts the words into the document. */
export function translateDocument() {
  document.documentElement.lang = words.language;
  const put = (
    /** @type {string} */ attribute,
    /** @type {(e: Element, text: string) => void} */ act,
  ) => {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      act(element, words.document[element.getAttribute(attribute) ?? ""] ?? "");
    }
  };
  put("data-text", (element, text) => (element.textContent = text));
  put("data-label", (element, text) => {
    element.setAttribute("aria-label", text);
    if (element instanceof HTMLButtonElement) element.title = text;
  });
  put("data-placeholder", (element, text) => element.setAttribute("placeholder", text));
}
