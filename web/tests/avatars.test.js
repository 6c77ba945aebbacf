/** The client's calls about faces, against a fetch and an upload that answer what they are told. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createAvatar, deleteAvatar, listAvatars, previewUrl } from "../sdk/avatars.js";

const FACE = {
  id: "a1",
  name: "Ana",
  created: null,
  ai_generated: false,
  portrait: "/v1/avatars/a1.jpg",
  preview: "/v1/avatars/a1/preview.mp4",
  file: "/v1/avatars/a1.avatar",
  advice: [],
};
const ABOUT = { name: "Ana", consent: true, consentBy: "Bea" };

/** Stands in for the browser's request that tells how much has been sent. */
class FakeUpload {
  /** @type {FakeUpload} */
  static latest;
  upload = { onprogress: (/** @type {object} */ _) => {} };
  status = 0;
  /** @type {unknown} */
  response = null;
  /** @type {FormData | null} */
  form = null;
  url = "";
  /** @type {Record<string, string>} */
  headers = {};
  onload = () => {};
  onerror = () => {};
  onabort = () => {};

  constructor() {
    FakeUpload.latest = this;
  }

  /**
   * @param {string} method
   * @param {string} url
   */
  open(method, url) {
    this.url = `${method} ${url}`;
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  setRequestHeader(name, value) {
    this.headers[name] = value;
  }

  /** @param {FormData} form */
  send(form) {
    this.form = form;
  }

  abort() {
    this.onabort();
  }

  /**
   * @param {number} status
   * @param {unknown} response
   */
  answer(status, response) {
    this.status = status;
    this.response = response;
    this.onload();
  }
}

/** @type {{url: string, init: RequestInit}[]} */
let asked;
/** @type {Response} */
let answer;
const globals = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (globalThis));
const before = { fetch: globals.fetch, upload: globals.XMLHttpRequest };

beforeEach(() => {
  asked = [];
  globals.fetch = async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
    asked.push({ url, init });
    return answer;
  };
  globals.XMLHttpRequest = FakeUpload;
});

afterEach(() => {
  globals.fetch = before.fetch;
  globals.XMLHttpRequest = before.upload;
});

test("own faces are asked for by their ids", async () => {
  answer = Response.json({ avatars: [FACE] });
  assert.deepEqual(await listAvatars("https://x", ["a1", "b&2"]), [FACE]);
  assert.equal(asked[0]?.url, "https://x/v1/avatars?id=a1&id=b%262");
  answer = Response.json({ avatars: [] });
  await listAvatars("");
  assert.equal(asked[1]?.url, "/v1/avatars");
});

test("a face is deleted with its token, and an empty answer is a good one", async () => {
  answer = new Response(null, { status: 204 });
  await deleteAvatar("", "a1", "secret");
  assert.equal(asked[0]?.url, "/v1/avatars/a1");
  assert.equal(asked[0]?.init.method, "DELETE");
  assert.deepEqual(asked[0]?.init.headers, { authorization: "Bearer secret" });
});

test("photos are sent with consent, and progress is told", async () => {
  const shares = /** @type {number[]} */ ([]);
  const photos = { photo: new Blob(["calm"]), smiling: new Blob(["smile"]), openMouth: null };
  const making = createAvatar("", photos, ABOUT, { onProgress: (share) => shares.push(share) });
  const upload = FakeUpload.latest;
  upload.upload.onprogress({ loaded: 1, total: 4 });
  upload.upload.onprogress({ loaded: 4, total: 4 });
  upload.answer(201, { ...FACE, delete_token: "secret" });
  assert.equal((await making).delete_token, "secret");
  assert.equal(upload.url, "POST /v1/avatars");
  assert.deepEqual(upload.headers, {});
  assert.deepEqual(shares, [0.25, 1]);
  assert.deepEqual([...(upload.form?.keys() ?? [])].sort(), [
    "consent",
    "consent_by",
    "name",
    "photo",
    "smiling",
  ]);
});

test("a refusal keeps the server's code and sentence", async () => {
  const making = createAvatar("", { photo: new Blob(["x"]) }, ABOUT);
  FakeUpload.latest.answer(422, { error: { code: "no_face", message: "No face; please …" } });
  await assert.rejects(making, { code: "no_face", message: "No face; please …", status: 422 });
  const large = createAvatar("", { photo: new Blob(["x"]) }, ABOUT);
  FakeUpload.latest.answer(413, null);
  await assert.rejects(large, { code: "too_large" });
});

test("a token is shown where there is one", () => {
  void createAvatar("", { photo: new Blob(["x"]) }, ABOUT, { token: "abc" });
  assert.deepEqual(FakeUpload.latest.headers, { authorization: "Bearer abc" });
});

test("an upload can be given up, and fails where the network does", async () => {
  const giving = new AbortController();
  const given = createAvatar("", { photo: new Blob(["x"]) }, ABOUT, { signal: giving.signal });
  giving.abort();
  await assert.rejects(given, { code: "goodbye" });
  const lost = createAvatar("", { photo: new Blob(["x"]) }, ABOUT);
  FakeUpload.latest.onerror();
  await assert.rejects(lost, { code: "network" });
});

test("the preview speaks with the voice of who is chosen", () => {
  assert.equal(previewUrl(FACE, "joe"), "/v1/avatars/a1/preview.mp4?persona=joe");
  assert.equal(previewUrl(FACE, null), "/v1/avatars/a1/preview.mp4");
});
