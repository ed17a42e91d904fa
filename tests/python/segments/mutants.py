"""The compiler with one mistake in it, made in this process; nothing is written."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import CodeType, ModuleType

from .compiler import ROOT

FOLDER = ROOT / "src/winback/segments"
# each after those that it imports
MODULES = (
    *("values", "vocabulary", "dialects", "conditions", "tree", "counts", "leaves", "sentences"),
    *(
        "foresight",
        "expectations",
        "mistakes",
        "flags",
        "compiled",
        "explanations",
        "explanation_query",
    ),
)


@cache
def _source(module: str) -> str:
    return (FOLDER / f"{module}.py").read_text()


@cache
def _code(module: str) -> CodeType:
    return compile(_source(module), f"{module}.py", "exec")


@contextmanager
def mutant(mutation: Mapping[str, str] | None) -> Iterator[Mapping[str, ModuleType]]:
    """The modules of the compiler, made anew with a mistake in one of them.

    Args:
        mutation: `file`, the module; `text`, what stands there; `becomes`, what stands there
            instead. None for no mistake.
    """
    names = [f"winback.segments.{module}" for module in MODULES]
    right = {name: sys.modules.get(name) for name in names}
    made = {}
    try:
        for module, name in zip(MODULES, names, strict=True):
            code = _code(module)
            if mutation is not None and mutation["file"] == module:
                assert _source(module).count(mutation["text"]) == 1, mutation["text"]
                wrong = _source(module).replace(mutation["text"], mutation["becomes"])
                code = compile(wrong, f"{module}.py", "exec")
            made[module] = sys.modules[name] = ModuleType(name)
            sys.modules[name].__file__ = str(FOLDER / f"{module}.py")
            exec(code, sys.modules[name].__dict__)
        yield made
    finally:
        for name, module_before in right.items():
            if module_before is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_before
