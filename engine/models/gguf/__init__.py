"""Model files in the GGUF format: what lies in one, whether it can be served, what it takes, where they are found.

header.py    the header, read without loading the model: names, numbers, tensors
tensors.py   how many bytes a tensor has in each number format, and what the formats are called
model_file.py  a file that can be served, or a sentence that says why not
memory.py    how much memory serving takes: weights, cache of each slot, buffers
folders.py   the files in the folders of Ollama, LM Studio, the Hugging Face cache and llama.cpp
"""

from engine.models.gguf.folders import FoundModel, found
from engine.models.gguf.header import GgufHeader, read
from engine.models.gguf.model_file import ModelFile, counted, engine_of, servable

__all__ = ["FoundModel", "GgufHeader", "ModelFile", "counted", "engine_of", "found", "read", "servable"]
