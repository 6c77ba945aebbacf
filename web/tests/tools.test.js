/** A page's tools: declared on every connection, run when called, answered either way. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { validate } from "../sdk/protocol.js";
import { offerTools } from "../sdk/tools.js";

class FakeSession extends EventTarget {
  connection = { state: "connecting" };
  /** @type {any[]} */
  sent = [];

  /** @param {any} event */
  send(event) {
    assert.deepEqual(validate({ ...event, id: 1, at_ms: 1 }), []);
    this.sent.push(event);
    return true;
  }

  connect() {
    this.connection = { state: "connected" };
    this.dispatchEvent(new Event("connection"));
  }

  /**
   * @param {string} name
   * @param {object} args
   */
  async call(name, args) {
    const detail = { call: "call_1", name, arguments: args };
    this.dispatchEvent(new CustomEvent("tool_call", { detail }));
    await new Promise((resolve) => setTimeout(resolve));
    return this.sent.at(-1);
  }
}

const parameters = { type: "object", properties: { page: { type: "integer" } } };
/** @type {any} */
let session;

beforeEach(() => {
  session = new FakeSession();
});

test("tools are declared once connected, and again after a reconnect", () => {
  const show = { description: "Shows a page.", parameters, run: () => "shown" };
  const withdraw = offerTools(session, { show });
  assert.deepEqual(session.sent, []);
  session.connect();
  session.connect();
  const declared = [{ name: "show", description: "Shows a page.", parameters }];
  assert.deepEqual(session.sent, [
    { type: "register_tools", tools: declared },
    { type: "register_tools", tools: declared },
  ]);
  withdraw();
  assert.deepEqual(session.sent.at(-1), { type: "register_tools", tools: [] });
});

test("a call is run and answered", async () => {
  const description = "d";
  offerTools(session, {
    show: { description, parameters, run: ({ page }) => ({ page }) },
    later: { description, parameters, run: async () => {} },
    fail: {
      description,
      parameters,
      run: () => {
        throw new Error("no such page");
      },
    },
  });
  session.connect();
  const answer = { type: "tool_result", call: "call_1", result: null, error: null };
  assert.deepEqual(await session.call("show", { page: 3 }), { ...answer, result: '{"page":3}' });
  assert.deepEqual(await session.call("later", {}), { ...answer, result: "done" });
  assert.deepEqual(await session.call("fail", {}), { ...answer, error: "no such page" });
  const before = session.sent.length;
  await session.call("toString", {});
  assert.equal(session.sent.length, before);
});
