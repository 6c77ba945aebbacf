/**
 * The API key that some servers want: asked for when it is needed, kept as long as the page.
 * Imports the talk page's dom.
 */

import { find } from "../talk/dom.js";

/**
 * @param {import("./api.js").Api} api gets the key
 * @returns {() => Promise<boolean>} asks; whether there is one now
 */
export function wireKey(api) {
  const dialog = find("key", HTMLDialogElement);
  const input = find("key-input", HTMLInputElement);

  const ask = async () => {
    input.value = "";
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (dialog.returnValue === "keep") api.key = input.value.trim();
    input.value = "";
    return api.key !== "";
  };
  find("key-button", HTMLButtonElement).addEventListener("click", () => void ask());
  return ask;
}
