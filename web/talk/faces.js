/**
 * With which face the person answers: their own, or one made of a photo.
 * Imports the client's avatars, clone, the faces of this browser, dom and strings.
 */

import { listAvatars } from "../sdk/avatars.js";
import { asSessionError } from "../sdk/errors.js";
import { removeFace } from "./clone.js";
import { create, find } from "./dom.js";
import { forgetFace, ownFaces } from "./own-faces.js";
import { strings } from "./strings.js";

/** @typedef {import("../sdk/avatars.js").Avatar} Avatar */

/**
 * @param {string | null} wanted id of a face to begin with; null for the person's own
 * @param {(avatar: Avatar | null) => void} choose called when another face is chosen
 * @returns {{refresh: (chosen: string | null) => Promise<void>}} `refresh` asks the server again
 */
export function showFaces(wanted, choose) {
  const field = find("faces-choice", HTMLFieldSetElement);
  const list = find("faces-list", HTMLElement);
  const remove = find("faces-delete", HTMLButtonElement);
  /** @type {string | null} */
  let chosen = null;
  let sure = false;

  const drawRemove = () => {
    remove.hidden = !ownFaces().some(({ id }) => id === chosen);
    remove.textContent = sure ? strings.clone.reallyDelete : strings.clone.delete;
  };

  /** @param {Avatar | null} avatar */
  const pick = (avatar) => {
    chosen = avatar?.id ?? null;
    sure = false;
    drawRemove();
    choose(avatar);
  };

  /** @param {string | null} select */
  const refresh = async (select) => {
    const own = ownFaces().map(({ id }) => id);
    const asked = wanted === null || own.includes(wanted) ? own : [...own, wanted];
    const known = await listAvatars("", asked);
    for (const id of own) if (!known.some((avatar) => avatar.id === id)) forgetFace(id);
    const faces = known.filter((avatar) => !avatar.ai_generated);
    const first = faces.find(({ id }) => id === select) ?? null;
    list.replaceChildren(
      makeTile(null, first === null, pick),
      ...faces.map((avatar) => makeTile(avatar, avatar === first, pick)),
    );
    field.hidden = faces.length === 0;
    pick(first);
  };

  remove.addEventListener("click", async () => {
    const face = ownFaces().find(({ id }) => id === chosen);
    if (!face) return;
    if (!sure) {
      sure = true;
      drawRemove();
      return;
    }
    try {
      await removeFace(face.id, face.token);
      await refresh(null);
    } catch (error) {
      remove.textContent = strings.clone.problem(asSessionError(error));
    }
  });

  return { refresh };
}

/**
 * @param {Avatar | null} avatar null for the person's own face
 * @param {boolean} checked
 * @param {(avatar: Avatar | null) => void} pick
 */
function makeTile(avatar, checked, pick) {
  const radio = create("input");
  radio.type = "radio";
  radio.name = "face";
  radio.value = avatar?.id ?? "";
  radio.checked = checked;
  radio.addEventListener("change", () => pick(avatar));
  const children = /** @type {(Node | string)[]} */ ([radio]);
  if (avatar === null) children.push(create("span", { className: "portrait", text: "–" }));
  else {
    const picture = create("img", { className: "portrait" });
    picture.alt = "";
    picture.src = avatar.portrait;
    children.push(picture);
  }
  children.push(
    create("span", { className: "name", text: avatar?.name ?? strings.clone.theirOwn }),
  );
  return create("label", { className: "tile", children });
}
