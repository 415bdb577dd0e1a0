"""Run by bench/python.py with a Python that has llama-cpp-python: prints seconds to the first token, and tokens a second.

    python_peer.py MODEL.gguf CONTEXT THREADS TOKENS ROUNDS PROMPT
"""

import json
import sys
import time

import llama_cpp

path, context, threads, tokens, rounds, prompt = sys.argv[1:]
began = time.perf_counter()
model = llama_cpp.Llama(path, n_ctx=int(context), n_threads=int(threads), n_threads_batch=int(threads), verbose=False)
loaded = time.perf_counter() - began
seen = []
for _ in range(int(rounds)):
    model.reset()
    began = time.perf_counter()
    times = [time.perf_counter() for chunk in model(prompt, max_tokens=int(tokens), temperature=0.0, stream=True)
             if chunk["choices"][0]["text"]]
    seen.append((times[0] - began, (len(times) - 1) / (times[-1] - times[0])))
print(json.dumps({"loaded": loaded, "seen": seen}))
