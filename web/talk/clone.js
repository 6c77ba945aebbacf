/**
 * The dialog that makes a face of a photo: choose, agree, send, watch, talk or delete.
 * Imports the client's avatars, the photo, the faces of this browser, dom and strings.
 */

import { createAvatar, deleteAvatar, MAX_UPLOAD_BYTES, previewUrl } from "../sdk/avatars.js";
import { asSessionError } from "../sdk/errors.js";
import { create, find } from "./dom.js";
import { forgetFace, keepFace } from "./own-faces.js";
import { choosePhoto } from "./photo.js";
import { strings } from "./strings.js";
import { pageToken } from "./token.js";

/** @typedef {import("../sdk/avatars.js").NewAvatar} NewAvatar */

/**
 * @param {() => string | null} persona whose voice the preview has
 * @param {(avatar: NewAvatar) => void} talk starts a conversation with the new face
 * @param {() => void} changed a face was made or deleted
 * @returns {() => void} opens the dialog
 */
export function wireClone(persona, talk, changed) {
  const dialog = find("clone", HTMLDialogElement);
  const form = find("clone-form", HTMLFormElement);
  const result = find("clone-result", HTMLElement);
  const preview = find("clone-preview", HTMLVideoElement);
  const name = find("clone-name", HTMLInputElement);
  const by = find("clone-by", HTMLInputElement);
  const consent = find("clone-consent", HTMLInputElement);
  const make = find("clone-make", HTMLButtonElement);
  const progress = find("clone-progress", HTMLProgressElement);
  const extras = ["clone-smiling", "clone-open-mouth"].map((id) => find(id, HTMLInputElement));
  /** @type {NewAvatar | null} */
  let made = null;
  /** @type {AbortController | null} */
  let sending = null;

  const complain = (/** @type {string} */ words) => {
    find("clone-problem", HTMLElement).textContent = words;
  };
  const tell = (/** @type {string} */ words) => {
    find("clone-status", HTMLElement).textContent = words;
  };
  const photos = choosePhoto(() => draw(), complain);

  const draw = () => {
    make.disabled = sending !== null;
    progress.hidden = sending === null;
    form.hidden = made !== null;
    result.hidden = made === null;
  };

  /** What is still missing, in words; empty if nothing is. */
  const missing = () => {
    const extra = extras.map((input) => input.files?.[0]?.size ?? 0).reduce((a, b) => a + b, 0);
    if (photos.photo === null) return strings.clone.missing.photo;
    if (photos.photo.size + extra > MAX_UPLOAD_BYTES - 4_096) return strings.clone.missing.smaller;
    if (name.value.trim() === "") return strings.clone.missing.name;
    if (by.value.trim() === "") return strings.clone.missing.by;
    return consent.checked ? "" : strings.clone.missing.consent;
  };

  const send = async () => {
    const lacking = missing();
    complain(lacking);
    if (lacking !== "" || photos.photo === null || sending !== null) return;
    sending = new AbortController();
    progress.value = 0;
    tell(strings.clone.sending);
    draw();
    const [smiling, openMouth] = extras.map((input) => input.files?.[0] ?? null);
    try {
      const about = { name: name.value, consent: consent.checked, consentBy: by.value };
      made = await createAvatar("", { photo: photos.photo, smiling, openMouth }, about, {
        signal: sending.signal,
        token: pageToken(),
        onProgress: (share) => {
          if (share < 1) progress.value = share;
          else progress.removeAttribute("value");
          tell(share < 1 ? strings.clone.sending : strings.clone.making);
        },
      });
      keepFace({ id: made.id, token: made.delete_token });
      changed();
      show(made);
    } catch (error) {
      tell("");
      if (dialog.open) complain(strings.clone.problem(asSessionError(error)));
    } finally {
      sending = null;
      draw();
    }
  };

  /** @param {NewAvatar} avatar */
  const show = (avatar) => {
    find("clone-made", HTMLElement).textContent = strings.clone.made(avatar.name);
    const advice = avatar.advice.map((sentence) => create("li", { text: sentence }));
    find("clone-advice", HTMLUListElement).replaceChildren(...advice);
    tell(strings.clone.filming);
    preview.poster = avatar.portrait;
    preview.src = previewUrl(avatar, persona());
    draw();
    find("clone-talk", HTMLButtonElement).focus();
  };
  preview.addEventListener("canplay", () => {
    tell("");
    preview.play().catch(() => undefined);
  });
  preview.addEventListener("error", () => {
    if (made !== null) tell(strings.clone.noFilm);
  });

  const restart = () => {
    made = null;
    preview.removeAttribute("src");
    preview.load();
    photos.clear();
    for (const input of extras) input.value = "";
    tell("");
    complain("");
    draw();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  form.addEventListener("input", () => complain(""));
  name.addEventListener("change", () => {
    if (by.value === "") by.value = name.value.trim();
  });
  find("clone-talk", HTMLButtonElement).addEventListener("click", () => {
    const avatar = made;
    dialog.close();
    if (avatar !== null) talk(avatar);
  });
  find("clone-again", HTMLButtonElement).addEventListener("click", restart);
  find("clone-delete", HTMLButtonElement).addEventListener("click", async () => {
    if (made === null) return;
    try {
      await removeFace(made.id, made.delete_token);
      changed();
      restart();
      tell(strings.clone.deleted);
    } catch (error) {
      tell(strings.clone.problem(asSessionError(error)));
    }
  });
  find("clone-close", HTMLButtonElement).addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    sending?.abort();
    consent.checked = false;
    restart();
  });

  return () => {
    restart();
    dialog.showModal();
  };
}

/**
 * Deletes a face on the server and in this browser.
 * @param {string} id
 * @param {string} token
 * @throws {import("../sdk/errors.js").SessionError} it is still there
 */
export async function removeFace(id, token) {
  try {
    await deleteAvatar("", id, token);
  } catch (error) {
    if (asSessionError(error).code !== "not_found") throw error;
  }
  forgetFace(id);
}
