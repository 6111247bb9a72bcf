"""Own networks in ONNX files: opened on one thread, named by the digest of their bytes."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from digitizer.errors import MissingDependencyError
from digitizer.model import EngineId

__all__ = ["identity_of", "opened"]


def opened(file: Path) -> Any:
    """A session of ONNX Runtime on the CPU, one thread, which says errors only.

    Raises:
        MissingDependencyError: the file is not there.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(_bytes_of(file), options, providers=["CPUExecutionProvider"])


@cache
def identity_of(engine: str, file: Path) -> EngineId:
    """Name, version and digest of a model file (`digits-1.onnx` is version 1); raises as `opened` does."""
    digest = hashlib.sha256(_bytes_of(file)).hexdigest()
    return EngineId(engine, file.stem.rpartition("-")[2], file.stem, digest)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MissingDependencyError(f"the model {file.name} is missing: install Digitizer again") from error
