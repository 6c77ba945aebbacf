/**
 * What the server rendered: how it gets into the document, and into sight. The server lets no
 * script, no style and no foreign picture into it, and the page's content policy would run none.
 * Imports nothing.
 */

/**
 * @param {Element} element its content is replaced
 * @param {string} html
 */
export function fill(element, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  element.replaceChildren(...parsed.body.childNodes);
}

/**
 * Scrolls as far as it takes to see an element, gently unless the person wants no motion.
 * @param {Element | undefined} element
 */
export function bringIntoSight(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}
