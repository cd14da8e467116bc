"""The libcurl that bedrock-agent-net uses."""

import ctypes

import pytest


def version() -> str:
    """Such as 7.88.1."""
    library = ctypes.CDLL("libcurl.so.4")
    library.curl_version.restype = ctypes.c_char_p
    return library.curl_version().decode().split()[0].removeprefix("libcurl/")


def fault_with(numbers: str, row: str):
    """Marks a test that fails with these versions, because of a known fault of ours."""
    return pytest.mark.xfail(version().startswith(numbers), reason=row)
