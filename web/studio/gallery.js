/**
 * The faces: those of the server and those made of photos in this browser, to choose, watch and
 * delete. Imports the client's avatars, the talk page's faces of this browser, dom and words.
 */

import { listAvatars, previewUrl } from "../sdk/avatars.js";
import { asSessionError } from "../sdk/errors.js";
import { removeFace } from "../talk/clone.js";
import { create, find } from "../talk/dom.js";
import { forgetFace, ownFaces } from "../talk/own-faces.js";
import { button } from "./dom.js";
import { problem, words } from "./strings.js";

/** @typedef {import("../sdk/avatars.js").Avatar} Avatar */

/** Fires `chosen` (detail: Avatar) and `changed` when the faces there are have changed. */
export class Gallery extends EventTarget {
  /** @type {Avatar[]} */
  faces = [];
  #list = find("gallery", HTMLElement);
  #note = find("faces-note", HTMLElement);
  #chosen = "";
  #voiceOf;

  /** @param {() => string | null} voiceOf the persona whose voice a film has */
  constructor(voiceOf) {
    super();
    this.#voiceOf = voiceOf;
  }

  /**
   * Asks the server again.
   * @param {string[]} [wanted] ids of further faces, which a persona has
   */
  async refresh(wanted = []) {
    const mine = ownFaces().map(({ id }) => id);
    this.faces = await listAvatars("", [...new Set([...mine, ...wanted])]);
    for (const id of mine) if (!this.faces.some((face) => face.id === id)) forgetFace(id);
    this.#draw();
    this.dispatchEvent(new Event("changed"));
  }

  /**
   * @param {string} id of the face that is shown as chosen
   * @param {string} note what is to be said about the choice
   */
  choose(id, note) {
    this.#chosen = id;
    this.#note.textContent = note;
    for (const radio of this.#list.querySelectorAll("input")) radio.checked = radio.value === id;
  }

  /** @param {string} id */
  find(id) {
    return this.faces.find((face) => face.id === id) ?? null;
  }

  #draw() {
    const mine = new Map(ownFaces().map(({ id, token }) => [id, token]));
    this.#list.replaceChildren(...this.faces.map((face) => this.#card(face, mine.get(face.id))));
  }

  /**
   * @param {Avatar} face
   * @param {string | undefined} token that deletes it, if it was made in this browser
   */
  #card(face, token) {
    const radio = create("input", { className: "unseen" });
    radio.type = "radio";
    radio.name = "gallery";
    radio.value = face.id;
    radio.checked = face.id === this.#chosen;
    radio.addEventListener("change", () =>
      this.dispatchEvent(new CustomEvent("chosen", { detail: face })),
    );
    const picture = create("img");
    picture.alt = "";
    picture.src = face.portrait;
    const label = create("label", {
      children: [
        radio,
        picture,
        create("span", { className: "card-name", text: face.name }),
        create("span", {
          className: "card-mark",
          text: face.ai_generated ? words.generated : words.fromPhoto,
        }),
      ],
    });
    const watch = button("card-button watch", "▶", () => this.#watch(face, label, picture));
    watch.setAttribute("aria-label", words.watchFace(face.name));
    const card = create("div", { className: "card", children: [label, watch] });
    if (token !== undefined) card.append(this.#deleteButton(face, token));
    card.dataset.face = face.id;
    return card;
  }

  /**
   * Lets the face introduce itself in place of its picture.
   * @param {Avatar} face
   * @param {HTMLElement} label
   * @param {HTMLImageElement} picture
   */
  #watch(face, label, picture) {
    label.querySelector("video")?.remove();
    const film = create("video");
    film.playsInline = true;
    film.tabIndex = -1;
    film.src = previewUrl(face, this.#voiceOf());
    const done = () => film.remove();
    film.addEventListener("ended", done);
    film.addEventListener("error", done);
    picture.after(film);
    film.play().catch(done);
  }

  /**
   * @param {Avatar} face
   * @param {string} token
   */
  #deleteButton(face, token) {
    let sure = false;
    const remove = button("card-button delete", "×", async () => {
      if (!sure) {
        sure = true;
        remove.textContent = words.reallyDelete;
        remove.classList.add("sure");
        return;
      }
      try {
        await removeFace(face.id, token);
        await this.refresh();
        this.#note.textContent = words.faceDeleted;
      } catch (error) {
        this.#note.textContent = problem(asSessionError(error).code);
      }
    });
    remove.setAttribute("aria-label", words.deleteFace(face.name));
    remove.addEventListener("blur", () => {
      sure = false;
      remove.textContent = "×";
      remove.classList.remove("sure");
    });
    return remove;
  }
}
