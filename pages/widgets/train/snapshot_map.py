"""The map of digits of a run, now or at the moment that is looked at."""

from functools import lru_cache
from pathlib import Path

import streamlit as st

from core.charts.digit_map import digit_map_json
from core.config.train_config import TrainConfig
from core.datasets.mnist import DatasetError
from core.explanation.network import ExplanationError
from core.explanation.snapshot_map import SnapshotMap, SnapshotMaps
from core.runs.schema import RunError
from core.runs.snapshots import Snapshot
from core.runs.view import RunView
from pages.widgets.components.chart import chart
from pages.widgets.shared.text import escape_markdown

_CHART_PX = 460


def show(view: RunView, seen: Snapshot | None) -> None:
    """Show the map of the moment of that snapshot, in an expander: it is computed where that is open."""
    with st.expander("Map of digits", key=f"mapped-{view.id}", on_change="rerun") as expander:
        if not expander.open:
            return
        if seen is None:
            st.markdown(":small[Nothing to show yet.]")
            return
        try:
            found = _maps(view.run.folder, view.config).at(view.snapshots, int(seen.step))
        except (ExplanationError, RunError, DatasetError) as error:
            st.markdown(f":small[{escape_markdown(str(error))}]")
            return
        chart(_figure(found), f"mapped-{view.id}", f"Map of digits. {found.describe()}", _CHART_PX)
        st.markdown(f":small[{found.describe()}]")


@st.cache_resource(max_entries=4, show_spinner=False)
def _maps(folder: Path, _config: TrainConfig) -> SnapshotMaps:
    """Return the maps of the run in that folder, which all sessions share."""
    return SnapshotMaps(_config)


@lru_cache(maxsize=8)
def _figure(found: SnapshotMap) -> str:
    return digit_map_json(found, extent=found.extent)
