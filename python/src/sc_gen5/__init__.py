"""The first product's import path: `src.sc_gen5.X` is the very module `sc_gen5.X`, so there is one of everything.

No `src/` has an `__init__.py`, so that Python merges this folder with any other `src/` on the path.
"""

import importlib
import pkgutil
import sys

import sc_gen5

for _module in pkgutil.walk_packages(sc_gen5.__path__, "sc_gen5."):
    sys.modules["src." + _module.name] = importlib.import_module(_module.name)
sys.modules[__name__] = sc_gen5
