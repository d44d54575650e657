"""The address of a cluster, from an option or the environment."""

import pytest

from core.config.cluster_address import VARIABLE, cluster_address
from core.config.field_spec import ConfigError


def test_the_option_comes_before_the_environment(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert cluster_address() is None and cluster_address("") is None
    monkeypatch.setenv(VARIABLE, "tls://[::1]:8786")
    assert cluster_address() == "tls://[::1]:8786"
    assert cluster_address(" tcp://lab-1.example:1 ") == "tcp://lab-1.example:1"
    assert cluster_address("here") is None


@pytest.mark.parametrize("text", ["host:8786", "http://host:8786", "tcp://host", "tcp://host:0", "tcp://host:99999"])
def test_another_form_is_refused_with_its_value(text):
    with pytest.raises(ConfigError, match="must be of the form tcp://host:8786") as refused:
        cluster_address(text)
    assert repr(text) in str(refused.value)


def test_what_the_environment_gives_is_named(monkeypatch):
    monkeypatch.setenv(VARIABLE, "tcp//x")
    with pytest.raises(ConfigError, match="environment variable DIGIT_STUDIO_CLUSTER"):
        cluster_address()
