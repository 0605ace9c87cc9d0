"""The Hub's own variables, read as huggingface_hub reads them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hfdl_core.settings.sources import Given, Layer
from hfdl_core.settings.values import parse_switch

# Each library knows some of these and ignores the others; hfdl reads one and hands it to both.
CA_VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

# The first that is set counts.
_VARIABLES: Final = {
    "hf_endpoint": ("HF_ENDPOINT",),
    "hf_token": ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"),
    "hf_home": ("HF_HOME",),
    "hf_hub_cache": ("HF_HUB_CACHE",),
    "hf_hub_offline": ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
}


@dataclass(frozen=True, slots=True)
class HubEnvironment:
    environ: Mapping[str, str]

    def spoken(self) -> Layer:
        """What the Hub's own variables say.

        TRANSFORMERS_OFFLINE counts when HF_HUB_OFFLINE is not set, HUGGING_FACE_HUB_TOKEN when
        HF_TOKEN is not, and no token at all when HF_HUB_DISABLE_IMPLICIT_TOKEN says so.
        """
        layer = {}
        for field, variables in _VARIABLES.items():
            for name in reversed(variables):
                if value := self.environ.get(name, "").strip():
                    layer[field] = Given(os.path.expandvars(value), name)
        if self._token_must_be_asked_for():
            layer.pop("hf_token", None)
        return layer

    def home(self) -> Path:
        cache = self.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return Path(os.path.expandvars(cache)).expanduser() / "huggingface"

    def stored_token(self, home: Path) -> tuple[Layer, tuple[str, ...]]:
        """The token that `hf auth login` wrote, and warnings."""
        path = Path(os.path.expandvars(self.environ.get("HF_TOKEN_PATH") or home / "token"))
        try:
            token = path.expanduser().read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return {}, ()  # nobody has logged in here
        except (OSError, UnicodeDecodeError) as error:
            return {}, (f"cannot read the Hub's token: {error}; going on without",)
        if not token.strip() or self._token_must_be_asked_for():
            return {}, ()
        return {"hf_token": Given(token, str(path))}, ()

    def ca_file(self) -> tuple[Layer, tuple[str, ...]]:
        """The first CA bundle that another program's variable names and that is there."""
        warnings: list[str] = []
        for name in CA_VARIABLES:
            value = self.environ.get(name, "")
            if value and Path(value).is_file():
                return {"ca_file": Given(value, name)}, tuple(warnings)
            if value:
                warnings.append(f"{name}={value}: there is no such file; it is ignored")
        return {}, tuple(warnings)

    def _token_must_be_asked_for(self) -> bool:
        # huggingface_hub takes whatever it does not know for "no".
        try:
            return parse_switch(self.environ.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", ""))
        except ValueError:
            return False
