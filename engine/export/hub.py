"""A finished export to the Hugging Face hub: private unless asked otherwise, the token from the environment alone."""

from __future__ import annotations

import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from engine.core.errors import BadInput, BadSetting, MissingExtra, UserError
from engine.export.manifest import NAME

TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}\Z")


def push(folder: Path, repo: str, *, public: bool = False) -> str:
    """Upload an export's folder as the data set `repo` ("owner/name") and return its address.

    The token is read from HF_TOKEN and goes nowhere but into the requests; HF_ENDPOINT names another hub. A data set
    that is there already gets a new revision, its visibility stays.

    Raises:
        BadInput: the folder is no export.
        BadSetting: the name cannot be one on a hub.
        MissingExtra: the package huggingface_hub is not installed.
        UserError: no token, or the hub said no; says why.
    """
    checked(repo)
    if not (folder / NAME).is_file():
        raise BadInput("is no export.", where=str(folder), do="Export first: lemma export NAME --out DIR.")
    token = ready()
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, token=token)
    try:
        made = api.create_repo(repo, repo_type="dataset", private=not public, exist_ok=True)
        api.upload_folder(repo_id=repo, folder_path=folder, repo_type="dataset", commit_message=f"Export {folder.name}")
    except (HfHubHTTPError, _transport_error(), OSError, ValueError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise UserError(
            f"the hub did not take it: {said[0].replace(token, '***')}",
            where=repo,
            do="Check the name, the token's rights and the network; the export itself is written.",
        ) from None
    return str(made)


def checked(repo: str) -> str:
    """Return the name of a data set; BadSetting where it cannot be one."""
    if not _REPO.match(repo):
        raise BadSetting(f"{repo!r} is no name on a hub.", where="push", do="Use owner/name.")
    return repo


def ready() -> str:
    """Return the token; MissingExtra or UserError says what is lacking, before anything is written."""
    if lack := lacking():
        raise lack
    return _token()


def lacking() -> UserError | None:
    """Return what stands in the way of a push, None where nothing does; no network is asked."""
    if find_spec("huggingface_hub") is None:
        do = "Install it: pip install 'lemma-studio[hub]'."
        return MissingExtra("the package huggingface_hub is missing.", where="push", do=do)
    if not _token():
        return UserError("there is no token.", where="push", do="Set HF_TOKEN to a token that may write.")
    return None


def _token() -> str:
    return next((os.environ[name] for name in TOKENS if os.environ.get(name)), "")


def _transport_error() -> type[Exception]:
    """Return what the client raises where a hub cannot be reached: its HTTP package differs from version to version."""
    from huggingface_hub import get_session

    package = sys.modules[type(get_session()).__module__.partition(".")[0]]
    found = getattr(package, "HTTPError", OSError)
    return found if isinstance(found, type) and issubclass(found, Exception) else OSError
