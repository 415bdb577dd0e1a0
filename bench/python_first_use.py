"""Run by bench/python.py in a fresh process: prints {"import", "first"} in seconds. Argument: embedder, generator or nothing."""

import json
import os
import sys
import time

began = time.perf_counter()
import sc_gen5.rag.v2.models as models  # noqa: E402

result = {"import": time.perf_counter() - began, "children": len(os.listdir(f"/proc/{os.getpid()}/task")) - 1}
began = time.perf_counter()
if sys.argv[1:] == ["embedder"]:
    models.model_manager.get_embedder()[0].encode("When does the lease end?")
elif sys.argv[1:] == ["generator"]:
    models.model_manager.get_generator_model()[1]("The lease ends", max_tokens=1, temperature=0)
result["first"] = time.perf_counter() - began
print(json.dumps(result))
