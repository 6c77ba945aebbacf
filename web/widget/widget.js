/**
 * One line in a website: a bubble that opens into a face.
 *
 *     <script type="module" src="https://face.example/widget/widget.js"
 *       data-token-url="/face-token" data-persona="vera" data-theme="auto"
 *       data-position="right" data-language="en" data-privacy-url="/privacy"></script>
 *
 * Each `data-` attribute becomes an attribute of the element; `element.js` says what they mean and
 * is what pages load that place the element themselves. Imports the element.
 */

import { NAME } from "./element.js";

for (const script of document.scripts) {
  if (script.src === import.meta.url) addBubble(script.dataset);
}

/** @param {DOMStringMap} settings of the script */
function addBubble(settings) {
  const element = document.createElement(NAME);
  element.setAttribute("bubble", "");
  for (const [name, value] of Object.entries(settings)) {
    const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    element.setAttribute(attribute, value ?? "");
  }
  const add = () => document.body.append(element);
  if (document.body) add();
  else document.addEventListener("DOMContentLoaded", add, { once: true });
}
