/**
 * Functions of the page that the avatar's language model may call. Imports nothing.
 */

/** @typedef {import("./session.js").Session} Session */

/**
 * A function the avatar may call.
 * @typedef {object} PageTool
 * @property {string} description when to call it, told to the language model
 * @property {Record<string, unknown>} parameters JSON schema of its arguments, an object
 * @property {(args: Record<string, unknown>) => unknown} run what it returns, or resolves to, is
 *   told to the language model; what it throws likewise
 */

/**
 * Offers tools in a session, on every connection anew. The server answers with an `error` event
 * if a declaration cannot be used or no language model is set up there.
 * @param {Session} session
 * @param {Record<string, PageTool>} tools by name
 * @returns {() => void} takes them back
 */
export function offerTools(session, tools) {
  const declare = () => {
    if (session.connection.state !== "connected") return;
    const declared = Object.entries(tools).map(([name, { description, parameters }]) => ({
      name,
      description,
      parameters,
    }));
    session.send({ type: "register_tools", tools: declared });
  };
  /** @param {Event} message */
  const called = (message) => {
    const { call, name, arguments: args } = /** @type {CustomEvent} */ (message).detail;
    if (Object.hasOwn(tools, name)) void answer(session, tools[name], call, args);
  };
  session.addEventListener("connection", declare);
  session.addEventListener("tool_call", called);
  declare();
  return () => {
    session.removeEventListener("connection", declare);
    session.removeEventListener("tool_call", called);
    session.send({ type: "register_tools", tools: [] });
  };
}

/**
 * @param {Session} session
 * @param {PageTool | undefined} tool
 * @param {string} call
 * @param {Record<string, unknown>} args
 */
async function answer(session, tool, call, args) {
  try {
    const result = (await tool?.run(args)) ?? "done";
    const text = typeof result === "string" ? result : JSON.stringify(result);
    session.send({ type: "tool_result", call, result: text, error: null });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    session.send({ type: "tool_result", call, result: null, error: reason || "it failed" });
  }
}
