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
 * @returns {{refresh: (chosen: string | null) => Promise<void>,
 *   setOwn: (portrait: string | null) => void}} `refresh` asks the server again; `setOwn` says how
 *   the person themselves looks
 */
export function showFaces(wanted, choose) {
  const field = find("faces-choice", HTMLFieldSetElement);
  const list = find("faces-list", HTMLElement);
  const remove = find("faces-delete", HTMLButtonElement);
  /** @type {string | null} */
  let chosen = null;
  let sure = false;
  let own = makeTile(null, null, true, () => pick(null));

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
    const mine = ownFaces().map(({ id }) => id);
    const asked = wanted === null || mine.includes(wanted) ? mine : [...mine, wanted];
    const known = await listAvatars("", asked);
    for (const id of mine) if (!known.some((avatar) => avatar.id === id)) forgetFace(id);
    const faces = known.filter((avatar) => !avatar.ai_generated);
    const first = faces.find(({ id }) => id === select) ?? null;
    setChecked(own, first === null);
    const tiles = faces.map((avatar) =>
      makeTile(avatar, avatar.portrait, avatar === first, () => pick(avatar)),
    );
    list.replaceChildren(own, ...tiles);
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

  /** @param {string | null} portrait */
  const setOwn = (portrait) => {
    const tile = makeTile(null, portrait, chosen === null, () => pick(null));
    own.replaceWith(tile);
    own = tile;
  };

  return { refresh, setOwn };
}

/**
 * @param {Avatar | null} avatar null for the person's own face
 * @param {string | null} portrait address of its picture, if it has one
 * @param {boolean} checked
 * @param {() => void} pick
 */
function makeTile(avatar, portrait, checked, pick) {
  const radio = create("input");
  radio.type = "radio";
  radio.name = "face";
  radio.value = avatar?.id ?? "";
  radio.checked = checked;
  radio.addEventListener("change", pick);
  const picture = portrait === null ? create("span") : create("img");
  picture.className = "portrait";
  if (portrait !== null && picture instanceof HTMLImageElement) {
    picture.alt = "";
    picture.src = portrait;
  }
  const text = create("span", { className: "name", text: avatar?.name ?? strings.clone.theirOwn });
  return create("label", { className: "tile", children: [radio, picture, text] });
}

/**
 * @param {HTMLElement} tile
 * @param {boolean} checked
 */
function setChecked(tile, checked) {
  const radio = tile.querySelector("input");
  if (radio !== null) radio.checked = checked;
}
