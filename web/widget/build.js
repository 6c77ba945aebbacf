/**
 * Makes elements without markup, so that no content policy and no Trusted Types stand in the way.
 * Imports nothing.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Strokes in a square of 24. */
const ICONS = {
  chat: "M4 5h16v11H10l-4 4v-4H4zM8.5 9.5v.5M15.5 9.5v.5M9 12.6c1.8 1.3 4.2 1.3 6 0",
  close: "M6 6l12 12M18 6L6 18",
  microphone:
    "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  strike: "M4 4l16 16",
};

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {{className?: string, text?: string, label?: string, hidden?: boolean,
 *   attributes?: Record<string, string>, children?: (Node | string)[]}} [content]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function build(
  tag,
  { className = "", text = "", label = "", hidden = false, attributes = {}, children = [] } = {},
) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  if (label) element.setAttribute("aria-label", label);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.hidden = hidden;
  element.append(...children);
  return element;
}

/**
 * @param {string} className
 * @param {{text?: string, label?: string, icons?: (keyof typeof ICONS)[],
 *   attributes?: Record<string, string>}} content
 * @returns {HTMLButtonElement}
 */
export function button(className, { text = "", label = "", icons = [], attributes = {} }) {
  const element = build("button", {
    className,
    text,
    label,
    attributes: { type: "button", ...attributes },
  });
  if (label) element.title = label;
  element.append(...icons.map(icon));
  return element;
}

/** @param {keyof typeof ICONS} name */
function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
