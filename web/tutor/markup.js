/**
 * Puts HTML that the server rendered into the document. The server lets no script, no style and
 * no foreign address into it; the page's content policy would not run any either. Imports nothing.
 */

/**
 * @param {Element} element its content is replaced
 * @param {string} html
 */
export function fill(element, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  element.replaceChildren(...parsed.body.childNodes);
}
