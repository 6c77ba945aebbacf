/**
 * The studio: joins the personas of the server to the parts of the page. Imports everything else
 * here.
 */

import { asSessionError } from "../sdk/errors.js";
import { wireClone } from "../talk/clone.js";
import { addCloneDialog } from "../talk/clone-dialog.js";
import { create, find, translateDocument } from "../talk/dom.js";
import { wireTabs } from "../talk/tabs.js";
import { Api, Refusal } from "./api.js";
import { wireCamera } from "./camera.js";
import { showCast } from "./cast.js";
import { wireClips } from "./clips.js";
import { button, translate } from "./dom.js";
import { draftOf, lacks, met, newDraft, same } from "./draft.js";
import { Editor } from "./editor.js";
import { wireEmbed } from "./embed-panel.js";
import { Gallery } from "./gallery.js";
import { wireKey } from "./key.js";
import { problem, words } from "./strings.js";
import { TryOut } from "./tryout.js";

/** @typedef {import("./draft.js").Draft} Draft */

addCloneDialog();
translateDocument();
translate();
wireTabs();

class Studio {
  #api = new Api();
  #askForKey = wireKey(this.#api);
  /** @type {import("./api.js").Overview} */
  #overview = { personas: [], voices: [], locked: false };
  /** @type {string | null} null for a new persona */
  #id = null;
  #own = false;
  /** @type {Draft} as the server has it */
  #kept = newDraft(words.newName, { avatar: "vera", voice: "heart", language: "en" });
  #facePicture = create("img", { className: "portrait" });
  #faceName = create("span", { className: "face-name" });
  #faceProblem = create("p", { className: "problem" });
  #editor = new Editor(this.#makeFaceField(), () => this.#changed());
  #gallery = new Gallery(() => this.#id);
  /** A face tried out on a persona that keeps its own; null for its own. */
  #tried = /** @type {string | null} */ (null);
  #drawCast = showCast((id) => void this.#choose(id));
  #drawEmbed = wireEmbed();
  #tryOut = new TryOut(
    () => this.#api.token(),
    () => this.#prepare(),
  );
  #sure = false;

  constructor() {
    this.#editor.faceComplaint = (text) => {
      this.#faceProblem.textContent = text;
    };
    const on = (/** @type {string} */ id, /** @type {() => void} */ act) =>
      find(id, HTMLButtonElement).addEventListener("click", act);
    on("save", () => void this.#save());
    on("revert", () => this.#fill(this.#id, this.#own, this.#kept));
    on("duplicate", () => this.#duplicate());
    on("delete", () => void this.#delete());
    find("editor", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#own) void this.#save();
    });
    find("delete", HTMLButtonElement).addEventListener("blur", () => this.#beSure(false));
    this.#gallery.addEventListener("chosen", (event) =>
      this.#wear(/** @type {CustomEvent<{id: string}>} */ (event).detail.id),
    );
    this.#gallery.addEventListener("changed", () => this.#show());
    this.#wireClone();
    wireCamera(this.#tryOut);
    wireClips(this.#tryOut, () => ({ persona: this.#id ?? "new", avatar: this.#avatar }));
    globalThis.addEventListener("beforeunload", (event) => {
      if (this.#unsaved) event.preventDefault();
    });
  }

  /** Fills the page. */
  async open() {
    await this.#refresh();
    const wanted = new URLSearchParams(location.search).get("persona");
    const first = this.#overview.personas.find(({ id }) => id === wanted);
    await this.#choose((first ?? this.#overview.personas[0])?.id ?? null);
  }

  get #unsaved() {
    return this.#own && (this.#id === null || !same(this.#editor.read(), this.#kept));
  }

  /** The face on the stage. */
  get #avatar() {
    return this.#tried ?? this.#editor.avatar;
  }

  async #refresh() {
    this.#overview = await this.#api.overview();
    find("key-button", HTMLButtonElement).hidden = !this.#overview.locked;
    this.#editor.offer(this.#overview.voices);
  }

  /** @param {string | null} id null for a new one */
  async #choose(id) {
    const written = this.#unsaved && !same(this.#editor.read(), this.#kept);
    if (written && !confirm(words.discard)) return;
    if (id === null) {
      const voice = this.#overview.voices[0];
      const language = (voice?.language ?? "en").split("-")[0] ?? "en";
      const choice = { avatar: "vera", voice: voice?.id ?? "", language };
      this.#fill(null, true, newDraft(words.newName, choice));
    } else {
      const persona = await this.#within(() => this.#api.read(id));
      if (persona) this.#fill(persona.id, persona.own, draftOf(persona));
    }
    await this.#tryOut.renew();
    await this.#refreshFaces();
  }

  /**
   * @param {string | null} id
   * @param {boolean} own
   * @param {Draft} draft
   */
  #fill(id, own, draft) {
    [this.#id, this.#own, this.#kept, this.#tried] = [id, own, draft, null];
    this.#editor.fill(draft, own);
    this.#tell("");
    this.#beSure(false);
    this.#show();
  }

  #duplicate() {
    const draft = this.#editor.read();
    this.#fill(null, true, { ...draft, name: words.copyOf(draft.name), avatar: this.#avatar });
    find("field-name", HTMLInputElement).select();
  }

  /** Somebody wrote something. */
  #changed() {
    this.#tell("");
    this.#show();
  }

  /** @param {string} avatar */
  #wear(avatar) {
    if (this.#own) this.#editor.avatar = avatar;
    this.#tried = this.#own || avatar === this.#kept.avatar ? null : avatar;
    this.#changed();
    void this.#tryOut.renew(true);
  }

  /** Draws everything that follows from the persona and what is written. */
  #show() {
    const draft = this.#editor.read();
    const unsaved = this.#unsaved;
    const face = this.#gallery.find(this.#avatar);
    const { name, language } = draft;
    const fresh = {
      id: "",
      name: name || words.newName,
      avatar: this.#avatar,
      language,
      own: true,
    };
    this.#drawCast(this.#overview.personas, this.#id, unsaved, fresh);
    find("shipped", HTMLElement).hidden = this.#own;
    const save = find("save", HTMLButtonElement);
    save.hidden = !this.#own;
    save.disabled = !unsaved;
    save.textContent = this.#id === null ? words.saveNew : words.save;
    find("revert", HTMLButtonElement).hidden = !unsaved || this.#id === null;
    find("delete", HTMLButtonElement).hidden = !this.#own || this.#id === null;
    find("duplicate", HTMLButtonElement).hidden = this.#id === null;
    const picture = face?.portrait ?? `/v1/avatars/${this.#avatar}.jpg`;
    this.#facePicture.src = picture;
    this.#faceName.textContent = face?.name ?? "";
    const generated = face?.ai_generated ?? true;
    const disclosure = met(draft.disclosure, draft);
    this.#tryOut.show({ ...draft, disclosure, picture, generated }, unsaved);
    this.#gallery.choose(this.#avatar, this.#noteOn(face));
    find("embed-unsaved", HTMLElement).hidden = !unsaved;
    this.#drawEmbed(this.#id, this.#tried);
  }

  /** @param {import("../sdk/avatars.js").Avatar | null} face */
  #noteOn(face) {
    if (this.#tried !== null) return words.facesOfShipped;
    return face && !face.ai_generated ? words.facePublic : "";
  }

  /** @returns {Promise<boolean>} whether it is saved */
  async #save() {
    const draft = this.#editor.read();
    const faults = lacks(draft, words.needed);
    if (this.#editor.variablesTwice) faults.variables = this.#editor.variablesTwice;
    if (Object.keys(faults).length > 0) {
      this.#tell(words.lookAt(this.#editor.complain(faults)));
      return false;
    }
    this.#tell(words.saving);
    const saved = await this.#within(() => this.#api.save(this.#id, draft));
    if (!saved) return false;
    await this.#refresh();
    this.#fill(saved.id, true, draftOf(saved));
    this.#tell(words.saved);
    await this.#tryOut.renew();
    return true;
  }

  async #delete() {
    if (this.#id === null) return;
    if (!this.#sure) {
      this.#beSure(true);
      return;
    }
    const id = this.#id;
    const gone = await this.#within(async () => {
      await this.#api.remove(id);
      return true;
    });
    if (!gone) return;
    await this.#refresh();
    this.#kept = this.#editor.read();
    await this.#choose(this.#overview.personas[0]?.id ?? null);
    this.#tell(words.deleted);
  }

  /** @param {boolean} sure whether the next click deletes */
  #beSure(sure) {
    this.#sure = sure;
    find("delete", HTMLButtonElement).textContent = sure ? words.reallyDelete : words.delete;
  }

  /** Makes ready whom to talk to: what is written is saved first. */
  async #prepare() {
    if (this.#unsaved && !(await this.#save())) {
      find("tab-persona", HTMLButtonElement).click();
      return null;
    }
    if (this.#id === null) return null;
    if (this.#overview.locked && this.#api.key === "" && !(await this.#askForKey())) return null;
    const { variables } = this.#editor.read();
    return { persona: this.#id, avatar: this.#tried, variables };
  }

  /**
   * Asks the server, and for the API key where it wants one; says what it refused.
   * @template T
   * @param {() => Promise<T>} ask
   * @returns {Promise<T | null>}
   */
  async #within(ask) {
    try {
      if (this.#overview.locked && this.#api.key === "" && !(await this.#askForKey())) {
        this.#tell(problem("unauthorized"));
        return null;
      }
      return await ask();
    } catch (error) {
      const { code, message } = asSessionError(error);
      const faults = error instanceof Refusal ? error.fields : {};
      if (code === "unauthorized") this.#api.key = "";
      const count = this.#editor.complain(faults);
      this.#tell(count > 0 ? words.lookAt(count) : problem(code, message));
      return null;
    }
  }

  #wireClone() {
    const open = wireClone(
      () => this.#id,
      ({ id }) => void this.#refreshFaces(id).then(() => this.#tryOut.start(false)),
      () => void this.#refreshFaces(),
    );
    find("clone-button", HTMLButtonElement).addEventListener("click", async () => {
      if (this.#overview.locked) {
        const token = await this.#within(() => this.#api.token());
        if (!token) return;
        // The dialog of the talk page takes its token from the link, as that page does.
        history.replaceState(null, "", `#${new URLSearchParams({ token })}`);
      }
      open();
    });
  }

  /** @param {string} [wear] a face to put on */
  async #refreshFaces(wear) {
    try {
      await this.#gallery.refresh([this.#editor.avatar]);
    } catch (error) {
      this.#tell(problem(asSessionError(error).code));
    }
    if (wear !== undefined) this.#wear(wear);
  }

  #makeFaceField() {
    this.#facePicture.alt = "";
    const change = button("outline", words.changeFace, () => {
      const tab = find("tab-faces", HTMLButtonElement);
      tab.click();
      tab.focus();
    });
    change.setAttribute("aria-label", `${words.changeFace}: ${words.fields.avatar.label}`);
    const element = create("div", {
      className: "field face-field",
      children: [
        create("span", { className: "label", text: words.fields.avatar.label }),
        create("div", {
          className: "face-line",
          children: [this.#facePicture, this.#faceName, change],
        }),
        this.#faceProblem,
      ],
    });
    element.dataset.field = "avatar";
    return element;
  }

  /** @param {string} text beside the buttons */
  #tell(text) {
    find("saved", HTMLElement).textContent = text;
  }
}

new Studio().open().catch((error) => {
  const said = problem(asSessionError(error).code);
  find("panel-title", HTMLElement).textContent = said;
});
